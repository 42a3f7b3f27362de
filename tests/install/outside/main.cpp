// A program outside the project's tree that uses the installed library.

#include <nbcrawl/error.hpp>

#include <iostream>

int main() { std::cout << nbcrawl::code(nbcrawl::ErrorKind::connect_timeout) << '\n'; }
