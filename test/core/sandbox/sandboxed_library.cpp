// A shared library that is opened from inside a sandbox.
extern "C" __attribute__((visibility("default"))) int sandboxed_answer() { return 42; }
