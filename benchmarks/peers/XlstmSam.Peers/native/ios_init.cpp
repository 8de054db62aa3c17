// Objects compiled by GCC 13 call std::ios_base_library_init(), which libstdc++ has since version 3.4.32. An older libstdc++ does the same
// through a static object in every translation unit that includes <iostream>, so this one's is all there is to do.
#include <iostream>

extern "C" __attribute__((visibility("default"))) void _ZSt21ios_base_library_initv() {}
