namespace XlstmSam.PtxInterpreter;

/// <summary>Reads ".shared .align 16 .b8 name[512]": a variable or a parameter.</summary>
internal static class VariableParser
{
    public static VariableSyntax Parse(TokenStream tokens)
    {
        var line = tokens.Peek.Line;
        var space = tokens.TakeWord()[1..];
        var align = tokens.TakeIf(".align") ? (int)tokens.TakeNumber() : 0;
        var type = tokens.TakeWord();
        if (tokens.TakeIf(".ptr"))
        {
            SkipPointerAttributes(tokens);
        }

        var element = PtxType.Parse(type[1..], line).Bytes;
        var name = tokens.TakeWord();
        var bytes = element;
        if (tokens.TakeIf('['))
        {
            bytes = tokens.Peek.Is(']') ? 0 : element * (int)tokens.TakeNumber();
            tokens.Take(']');
        }

        return tokens.Peek.Is('=')
            ? throw tokens.Unexpected("a variable without initial values")
            : new(space, Math.Max(align, element), bytes, name, line);
    }

    private static void SkipPointerAttributes(TokenStream tokens)
    {
        while (tokens.Peek.Text is ".global" or ".shared" or ".const" or ".local" or ".align")
        {
            if (tokens.Take().Text == ".align")
            {
                tokens.TakeNumber();
            }
        }
    }
}
