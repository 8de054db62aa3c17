namespace XlstmSam.PtxInterpreter;

/// <summary>Reads a module: its variables, its entries and functions. Knows the grammar and no opcode.</summary>
internal sealed class Parser
{
    private readonly TokenStream tokens;
    private readonly List<VariableSyntax> variables = [];
    private readonly Dictionary<string, FunctionSyntax> functions = [];

    private Parser(TokenStream tokens) => this.tokens = tokens;

    public static ModuleSyntax Parse(string text)
    {
        var parser = new Parser(new TokenStream(Tokenizer.Split(text)));
        while (!parser.tokens.AtEnd)
        {
            parser.ParseTopLevel();
        }

        return new(parser.variables, parser.functions);
    }

    private void ParseTopLevel()
    {
        while (tokens.TakeIf(".visible") || tokens.TakeIf(".extern") || tokens.TakeIf(".weak"))
        {
        }

        var word = tokens.Peek;
        switch (word.Text)
        {
            case ".version" or ".target" or ".address_size":
                tokens.SkipLine(word.Line);
                break;
            case ".entry" or ".func":
                ParseFunction();
                break;
            case ".shared" or ".const" or ".global":
                variables.Add(VariableParser.Parse(tokens));
                tokens.Take(';');
                break;
            default:
                throw tokens.Unexpected("a variable, an entry or a function");
        }
    }

    private void ParseFunction()
    {
        var isEntry = tokens.Take().Text == ".entry";
        var results = tokens.Peek.Is('(') ? ParseParameters() : [];
        var name = tokens.TakeWord();
        var parameters = tokens.Peek.Is('(') ? ParseParameters() : [];
        int? maxThreads = null;
        while (tokens.Peek.Kind == TokenKind.Word)
        {
            maxThreads = ParseBound() ?? maxThreads;
        }

        if (tokens.TakeIf(';'))
        {
            return;
        }

        var body = new BodyParser(tokens).Parse();
        functions[name] = new(name, isEntry, results, parameters, body, maxThreads);
    }

    private List<VariableSyntax> ParseParameters()
    {
        var parameters = new List<VariableSyntax>();
        tokens.Take('(');
        while (!tokens.TakeIf(')'))
        {
            parameters.Add(VariableParser.Parse(tokens));
            tokens.TakeIf(',');
        }

        return parameters;
    }

    // .maxntid x, y, z limits the block; .reqntid and .minnctapersm have nothing to say to one block at a time.
    private int? ParseBound()
    {
        var directive = tokens.TakeWord();
        var product = (int)tokens.TakeNumber();
        while (tokens.TakeIf(','))
        {
            product *= (int)tokens.TakeNumber();
        }

        return directive switch
        {
            ".maxntid" or ".reqntid" => product,
            ".minnctapersm" or ".maxnreg" or ".maxnctapersm" => null,
            _ => throw new PtxFault($"PTX line {tokens.Peek.Line}: '{directive}' is not a directive this interpreter knows."),
        };
    }
}
