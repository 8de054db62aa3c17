namespace XlstmSam.Kernels.Cuda;

/// <summary>What the kernels of attention know of its shapes.</summary>
internal readonly record struct AttentionShape(int Heads, int Sq, int Sk, int HeadSize);
