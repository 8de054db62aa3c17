using XlstmSam.KernelCompiler;
using XlstmSam.KernelCompiler.Gate;

// build BUNDLE                              compiles the kernels whose code changed and writes the bundle
// gate BUNDLE PTXAS EXCEPTIONS [PATTERN]    assembles every kernel whose name matches and checks registers, spills, stack and occupancy
switch (args)
{
    case ["build", var bundle]:
        return BuildRun.Run(bundle);
    case ["gate", var bundle, var ptxas, var exceptions]:
        return GateRun.Run(bundle, ptxas, exceptions, "*", Console.Out);
    case ["gate", var bundle, var ptxas, var exceptions, var pattern]:
        return GateRun.Run(bundle, ptxas, exceptions, pattern, Console.Out);
    default:
        Console.Error.WriteLine("usage: XlstmSam.KernelCompiler build BUNDLE | gate BUNDLE PTXAS EXCEPTIONS [PATTERN]");
        return 2;
}
