// A driver without a card, for tests of the host side: memory is host memory, launches are noted and not run.
#include <stdlib.h>
#include <string.h>

typedef unsigned long long word;

static int version = 12040, start_code, devices = 1, capability = 90, load_code, launch_code, instantiate_code, failure;
static word free_bytes = 1ull << 30, total_bytes = 2ull << 30;
static long calls[16];
static unsigned char parameters[4096];
static word parameter_bytes;
static unsigned grid[3], block[3], shared_bytes, shared_limit;
static int capturing, captured, busy;
static char text[1 << 16];

enum { ALLOCATIONS, FREES, LAUNCHES, MODULES, UNLOADS, STREAMS, EVENTS, PINNED, CONTEXTS, GRAPHS, UPLOADS, GRAPH_LAUNCHES, WAITS, GRAPH_KERNELS, CAPTURES };

// What a program that is not the test itself is told.
__attribute__((constructor)) static void read_environment(void) {
    const char *value;
    if ((value = getenv("XSAM_DRIVER_VERSION"))) version = atoi(value);
    if ((value = getenv("XSAM_DRIVER_CAPABILITY"))) capability = atoi(value);
    if ((value = getenv("XSAM_DRIVER_CARDS"))) devices = atoi(value);
    if ((value = getenv("XSAM_DRIVER_MEMORY"))) free_bytes = total_bytes = strtoull(value, 0, 10);
}

// What the tests say and ask.
void fake_say(const char *what, long value) {
    if (!strcmp(what, "version")) version = value;
    if (!strcmp(what, "start_code")) start_code = value;
    if (!strcmp(what, "devices")) devices = value;
    if (!strcmp(what, "capability")) capability = value;
    if (!strcmp(what, "free_bytes")) free_bytes = value;
    if (!strcmp(what, "load_code")) load_code = value;
    if (!strcmp(what, "busy")) busy = value;
    if (!strcmp(what, "launch_code")) launch_code = value;
    if (!strcmp(what, "instantiate_code")) instantiate_code = value;
    if (!strcmp(what, "failure")) failure = value;
}
long fake_calls(int kind) { return calls[kind]; }
const unsigned char *fake_parameters(word *bytes) { *bytes = parameter_bytes; return parameters; }
const char *fake_text(void) { return text; }
void fake_launch(unsigned *numbers) { memcpy(numbers, grid, 12); memcpy(numbers + 3, block, 12); numbers[6] = shared_bytes; numbers[7] = shared_limit; }

int cuGetErrorName(int code, const char **name) { *name = code == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : code == 218 ? "CUDA_ERROR_INVALID_PTX" : code == 719 ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_UNKNOWN"; return 0; }
int cuGetErrorString(int code, const char **said) { *said = code == 719 ? "unspecified launch failure" : "something else"; return 0; }
int cuDriverGetVersion(int *v) { *v = version; return 0; }
int cuInit(unsigned flags) { return start_code; }
int cuDeviceGetCount(int *n) { *n = devices; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = 100 + ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) { strncpy(name, "Fake Card", length); return 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = total_bytes; return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) { *value = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : attribute == 16 ? 132 : 0; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) { calls[CONTEXTS]++; *context = &version; return 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { calls[CONTEXTS]--; return 0; }
int cuCtxSetCurrent(void *context) { return context == &version ? 0 : 201; }
int cuMemGetInfo_v2(size_t *free, size_t *total) { *free = free_bytes; *total = total_bytes; return 0; }
int cuMemAlloc_v2(void **address, size_t bytes) {
    if (capturing) return 900;
    if (bytes > free_bytes) return 2;
    calls[ALLOCATIONS]++;
    free_bytes -= bytes;
    size_t *block = aligned_alloc(256, (bytes + 511) / 256 * 256);
    *block = bytes;
    *address = (char *)block + 256;
    return 0;
}
int cuMemFree_v2(char *address) { if (failure) return failure; if (capturing) return 900; calls[FREES]++; free_bytes += *(size_t *)(address - 256); free(address - 256); return 0; }
int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) { calls[PINNED]++; *address = malloc(bytes); return 0; }
int cuMemFreeHost(void *address) { calls[PINNED]--; free(address); return 0; }
int cuMemcpyHtoDAsync_v2(void *to, const void *from, size_t bytes, void *stream) { if (capturing) return 900; calls[UPLOADS]++; memcpy(to, from, bytes); return 0; }
int cuMemcpyDtoHAsync_v2(void *to, const void *from, size_t bytes, void *stream) { if (failure) return failure; if (capturing) return 900; memcpy(to, from, bytes); return 0; }
int cuStreamCreate(void **stream, unsigned flags) { calls[STREAMS]++; *stream = &devices; return flags == 1 ? 0 : 1; }
int cuStreamDestroy_v2(void *stream) { calls[STREAMS]--; return 0; }
int cuStreamSynchronize(void *stream) { calls[WAITS]++; return failure ? failure : capturing ? 900 : 0; }
int cuEventCreate(void **event, unsigned flags) { calls[EVENTS]++; *event = &capability; return 0; }
int cuEventDestroy_v2(void *event) { calls[EVENTS]--; return 0; }
int cuEventRecord(void *event, void *stream) { return 0; }
int cuEventQuery(void *event) { return capturing ? 900 : busy ? 600 : 0; }
int cuEventSynchronize(void *event) { calls[WAITS]++; return capturing ? 900 : 0; }
int cuEventElapsedTime(float *milliseconds, void *a, void *b) { *milliseconds = 1.5f; return 0; }
int cuModuleLoadDataEx(void **module, const char *ptx, unsigned n, const int *options, void **values) {
    if (capturing) return 900;
    strncpy(text, ptx, sizeof text - 1);
    if (load_code) {
        for (unsigned i = 0; i < n; i++) if (options[i] == 5) strcpy(values[i], "line 3: no such instruction");
        return load_code;
    }
    calls[MODULES]++;
    *module = text;
    return 0;
}
int cuModuleUnload(void *module) { calls[UNLOADS]++; return 0; }
int cuModuleGetFunction(void **function, void *module, const char *name) { *function = strstr(text, name); return *function ? 0 : 500; }
int cuFuncSetAttribute(void *function, int attribute, int value) { if (capturing) return 900; if (attribute == 8) shared_limit = value; return 0; }
int cuLaunchKernel(void *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void *stream, void **arguments, void **extra) {
    if (launch_code) return launch_code;
    calls[LAUNCHES]++;
    captured += capturing;
    grid[0] = gx; grid[1] = gy; grid[2] = gz;
    block[0] = bx; block[1] = by; block[2] = bz;
    shared_bytes = shared;
    if (extra[0] != (void *)1 || extra[2] != (void *)2 || extra[4]) return 1;
    parameter_bytes = *(size_t *)extra[3];
    memcpy(parameters, extra[1], parameter_bytes);
    return 0;
}
int cuStreamBeginCapture_v2(void *stream, int mode) { calls[CAPTURES]++; capturing = 1; captured = 0; return 0; }
static int *graph_of(int launches) { int *graph = malloc(sizeof launches); *graph = launches; calls[GRAPHS]++; return graph; }
int cuStreamEndCapture(void *stream, int **graph) { capturing = 0; *graph = graph_of(captured); return 0; }
int cuGraphInstantiateWithFlags(int **executable, int *graph, word flags) { if (instantiate_code) return instantiate_code; *executable = graph_of(*graph); return 0; }
int cuGraphLaunch(int *graph, void *stream) { if (capturing) return 900; calls[LAUNCHES] += *graph; calls[GRAPH_LAUNCHES]++; calls[GRAPH_KERNELS] += *graph; return 0; }
int cuGraphExecDestroy(int *graph) { if (failure) return failure; calls[GRAPHS]--; free(graph); return 0; }
int cuGraphDestroy(int *graph) { calls[GRAPHS]--; free(graph); return 0; }
