namespace XlstmSam.Training;

/// <summary>The loss or the gradient is no longer a finite number; the last saved state is intact.</summary>
public sealed class TrainingDivergedException(long step, double loss, double norm)
    : Exception(
        $"Training diverged at step {step}: loss {loss}, gradient norm {norm}. The last saved state is intact; try a lower learningRate, clipNorm 1 or " +
        "warmUp 20.");
