#pragma once

// Debian 12 has Catch2 v2 (one header); later distributions have v3. Tests include this and work with both.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
