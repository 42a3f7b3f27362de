// A program outside the project's tree that uses the installed library.

#include <iostream>
#include <nbcrawl/error.hpp>

int main() { std::cout << nbcrawl::code(nbcrawl::ErrorKind::connect_timeout) << '\n'; }
