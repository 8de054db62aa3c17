namespace XlstmSam.Kernels.Cpu;

// What the tickets of each step do, down to the registers.
internal unsafe partial struct WinogradPass<TDepth, TAxis>
{
    private readonly struct AddBody(float* source, float* target, float sign) : IRegisterBody
    {
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T> =>
            T.MultiplyAdd(T.Of(sign), T.Load(source + channel), T.Load(target + channel)).Store(target + channel);
    }

    private readonly struct WriteBody(float* source, float* target, float* bias) : IRegisterBody
    {
        public void Apply<T>(int channel)
            where T : unmanaged, IRegister<T>
        {
            var value = T.Load(source + channel);
            (bias is null ? value : value + T.Load(bias + channel)).Store(target + channel);
        }
    }

    private readonly struct TransformJob(WinogradPass<TDepth, TAxis> pass, ConvWeight filter) : IWorkItems
    {
        public void Run(int panel) => pass.Transform(filter, panel);
    }

    private readonly struct BlockJob(WinogradPass<TDepth, TAxis> pass) : IWorkItems
    {
        public void Run(int block) => pass.Block(block * (long)WinogradTiles.OfBlock, WinogradTiles.OfBlock);
    }

    private readonly struct BetweenSlicesJob(
        WinogradPass<TDepth, TAxis> pass, int slice, long first, int count, float* v, nint slotV, float* m, nint slotM) : IWorkItems
    {
        public void Run(int ticket)
        {
            var tile = ticket * TilesOfTicket;
            pass.BetweenSlices(
                slice, first + tile, Math.Min(TilesOfTicket, count - tile), v + ((nint)tile * pass.InputChannels), slotV, m + ((nint)tile * pass.OutputChannels), slotM);
        }
    }

    private readonly struct ProductsJob(WinogradPass<TDepth, TAxis> pass, int slice, int panelTiles, int count, float* v, nint slotV, float* m, nint slotM) : IWorkItems
    {
        public void Run(int ticket) =>
            pass.Multiply(slice, ticket / panelTiles, ticket % panelTiles * Microkernel.PanelsOfTile, count, v, slotV, m, slotM);
    }
}
