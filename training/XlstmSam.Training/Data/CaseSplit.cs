namespace XlstmSam.Training;

/// <summary>What a data set says a case is for.</summary>
public enum CaseSplit
{
    /// <summary>The data set does not say.</summary>
    None,
    Train,
    Val,
    Test,

    /// <summary>Neither trained on nor validated on.</summary>
    Extra,
}
