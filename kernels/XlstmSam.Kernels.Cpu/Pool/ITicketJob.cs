namespace XlstmSam.Kernels.Cpu;

/// <summary>Work in numbered tickets; a struct, so that giving it to the pool allocates nothing.</summary>
internal interface ITicketJob
{
    void Run(int ticket);
}
