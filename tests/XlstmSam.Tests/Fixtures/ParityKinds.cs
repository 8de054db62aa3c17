namespace XlstmSam.Tests.Fixtures;

/// <summary>What the cases of a prefix are: how one is run, or that this program has no part for them.</summary>
/// <param name="Run">Null for crop_or_pad, which has no tensors, and for kinds that are not applicable.</param>
internal sealed record ParityKind(string Prefix, Action<ParityPass>? Run, bool IsApplicable = true);

/// <summary>The kinds of parity cases. A case's kind is the longest prefix of its name that is known.</summary>
internal static class ParityKinds
{
    private static readonly ParityKind[] All =
    [
        new("conv3d_", ParityOps.Conv),
        new("convtranspose3d_", ParityOps.ConvTranspose),
        new("trilinear_", ParityOps.Trilinear),
        new("nearest_interp", ParityOps.Nearest),
        new("layernorm_", ParityOps.LayerNormalise),
        new("layernorm3d", ParityOps.LayerNormalise3d),
        new("instancenorm3d", ParityOps.InstanceNormalise),
        new("multihead_layernorm", ParityOps.MultiHeadLayerNormalise),
        new("vil_layernorm", ParityOps.ResidualLayerNormalise),
        new("headwise_linear", ParityOps.Headwise),
        new("causal_conv1d", ParityOps.CausalConv),
        new("matmul_linear", ParityArithmetic.MatMulAndLinear),
        new("activations", ParityArithmetic.Activations),
        new("softmax", ParityArithmetic.Softmax),
        new("reshape_flip_cat_cumsum", ParityArithmetic.Movement),
        new("dicece_loss", ParityArithmetic.Loss),
        new("optim_", ParityArithmetic.Optimiser),
        new("znorm_masked", ParityArithmetic.ZNormalise),
        new("mlstm_parallel_", ParityModules.Scan),
        new("mlstm_cell", ParityModules.Cell),
        new("vil_layer_", ParityModules.VilTokens),
        new("vil_block_", ParityModules.VilTokenBlock),
        new("vil3d_", ParityModules.VilVolume),
        new("basicresblock_", ParityModules.ResidualBlock),
        new("basicblockd", ParityModules.PlainBlock),
        new("uxlstm_encoder_", ParityModels.Encoder),
        new("decoder_attention_", ParityModules.DecoderAttention),
        new("twoway_transformer", ParityModels.Transformer),
        new("mask_decoder", ParityModels.Decoder),
        new("prompt_", ParityModels.Prompts),
        new("whole_model_interaction", ParityModels.Interaction),
        new("crop_or_pad", null),
        new("maxpool_avgpool", null, IsApplicable: false),
        new("ckpt_", null, IsApplicable: false),
        new("vit_attention_", null, IsApplicable: false),
        new("vit_block_", null, IsApplicable: false),
        new("vit_encoder_", null, IsApplicable: false),
    ];

    /// <summary>The kind of a case, or null for an unknown one.</summary>
    public static ParityKind? Find(string name) =>
        All.Where(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal)).MaxBy(kind => kind.Prefix.Length);
}
