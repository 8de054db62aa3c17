namespace XlstmSam.PtxInterpreter;

/// <summary>Reads the body of a function: declarations, labels, nested blocks and instructions.</summary>
internal sealed class BodyParser(TokenStream tokens)
{
    private readonly List<StatementSyntax> statements = [];

    public List<StatementSyntax> Parse()
    {
        tokens.Take('{');
        for (var depth = 1; depth > 0;)
        {
            var line = tokens.Peek.Line;
            if (tokens.TakeIf('{'))
            {
                depth++;
                statements.Add(new OpenSyntax(line));
            }
            else if (tokens.TakeIf('}'))
            {
                depth--;
                statements.Add(new CloseSyntax(line));
            }
            else if (!tokens.TakeIf(';'))
            {
                ParseStatement(line);
            }
        }

        return statements;
    }

    private void ParseStatement(int line)
    {
        if (tokens.Next.Is(':'))
        {
            statements.Add(new LabelSyntax(tokens.TakeWord(), line));
            tokens.Take(':');
            return;
        }

        switch (tokens.Peek.Text)
        {
            case ".reg":
                ParseRegisters(line);
                break;
            case ".shared" or ".local" or ".param" or ".const" or ".global":
                statements.Add(VariableParser.Parse(tokens));
                break;
            case ".branchtargets":
                tokens.Take();
                statements.Add(new TargetsSyntax(ParseNames(), line));
                break;
            case ".pragma":
                tokens.Take();
                tokens.Take();
                break;
            case ".loc" or ".file":
                tokens.SkipLine(line);
                return;
            default:
                ParseInstruction(line);
                break;
        }

        tokens.Take(';');
    }

    private void ParseRegisters(int line)
    {
        tokens.Take();
        var type = tokens.TakeWord()[1..];
        do
        {
            var name = tokens.TakeWord();
            int? count = null;
            if (tokens.TakeIf('<'))
            {
                count = (int)tokens.TakeNumber();
                tokens.Take('>');
            }

            statements.Add(new RegisterSyntax(type, name, count, line));
        }
        while (tokens.TakeIf(','));
    }

    private List<string> ParseNames()
    {
        var names = new List<string>();
        do
        {
            names.Add(tokens.TakeWord());
        }
        while (tokens.TakeIf(','));
        return names;
    }

    private void ParseInstruction(int line)
    {
        var start = tokens.Position;
        NameSyntax? guard = null;
        if (tokens.TakeIf('@'))
        {
            var negated = tokens.TakeIf('!');
            guard = new(tokens.TakeWord(), negated);
        }

        var opcode = tokens.TakeWord();
        var operands = new List<OperandSyntax>();
        while (!tokens.Peek.Is(';'))
        {
            operands.Add(ParseOperand());
            if (!tokens.TakeIf(','))
            {
                break;
            }
        }

        statements.Add(new InstructionSyntax(opcode, guard, operands, tokens.TextSince(start), line));
    }

    private OperandSyntax ParseOperand()
    {
        var first = ParseSimple();
        return tokens.TakeIf('|') ? new PairSyntax(first, ParseSimple()) : first;
    }

    private OperandSyntax ParseSimple()
    {
        if (tokens.TakeIf('!'))
        {
            return new NameSyntax(tokens.TakeWord(), Negated: true);
        }

        if (tokens.TakeIf('['))
        {
            return ParseAddress();
        }

        if (tokens.Peek.Is('{') || tokens.Peek.Is('('))
        {
            return ParseList(tokens.Take().Is('{') ? '}' : ')');
        }

        return tokens.Peek.Kind == TokenKind.Word ? new NameSyntax(tokens.Take().Text) : new NumberSyntax(tokens.TakeNumber());
    }

    private ListSyntax ParseList(char close)
    {
        var items = new List<OperandSyntax>();
        while (!tokens.TakeIf(close))
        {
            items.Add(ParseOperand());
            tokens.TakeIf(',');
        }

        return new(items);
    }

    private AddressSyntax ParseAddress()
    {
        var name = tokens.Peek.Kind == TokenKind.Word ? tokens.Take().Text : null;
        var offset = 0L;
        if (name is null || tokens.TakeIf('+') || tokens.Peek.Is('-'))
        {
            offset = (long)tokens.TakeNumber();
        }

        tokens.Take(']');
        return new(name, offset);
    }
}
