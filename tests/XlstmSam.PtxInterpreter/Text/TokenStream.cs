using System.Globalization;

namespace XlstmSam.PtxInterpreter;

/// <summary>The tokens of a text with a cursor.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    private int position;

    public Token Peek => tokens[position];

    public Token Next => tokens[Math.Min(position + 1, tokens.Count - 1)];

    public bool AtEnd => Peek.Kind == TokenKind.End;

    public int Position => position;

    /// <summary>The tokens since an earlier position, for messages.</summary>
    public string TextSince(int start) => string.Join(' ', tokens.Skip(start).Take(position - start).Select(token => token.Text))
        .Replace(" ,", ",", StringComparison.Ordinal).Replace("[ ", "[", StringComparison.Ordinal).Replace(" ]", "]", StringComparison.Ordinal);

    public Token Take() => tokens[AtEnd ? position : position++];

    public void Take(char mark)
    {
        if (!TakeIf(mark))
        {
            throw Unexpected($"'{mark}'");
        }
    }

    public bool TakeIf(char mark)
    {
        var matches = Peek.Is(mark);
        position += matches ? 1 : 0;
        return matches;
    }

    public bool TakeIf(string word)
    {
        var matches = Peek.Kind == TokenKind.Word && Peek.Text == word;
        position += matches ? 1 : 0;
        return matches;
    }

    public string TakeWord() => Peek.Kind == TokenKind.Word ? Take().Text : throw Unexpected("a name");

    /// <summary>The bits of a number: decimal, 0x, 0f (float) or 0d (double); a minus gives the two's complement.</summary>
    public ulong TakeNumber()
    {
        var negative = TakeIf('-');
        if (Peek.Kind != TokenKind.Number)
        {
            throw Unexpected("a number");
        }

        var text = Peek.Text.TrimEnd('U', 'u');
        var isHexadecimal = text.Length > 1 && text[1] is 'x' or 'X' or 'f' or 'F' or 'd' or 'D';
        var style = isHexadecimal ? NumberStyles.HexNumber : NumberStyles.None;
        if (!ulong.TryParse(isHexadecimal ? text.AsSpan(2) : text, style, CultureInfo.InvariantCulture, out var value))
        {
            throw Unexpected("a number");
        }

        Take();
        return negative ? unchecked(0UL - value) : value;
    }

    public void SkipLine(int line)
    {
        while (!AtEnd && Peek.Line == line)
        {
            position++;
        }
    }

    public PtxFault Unexpected(string expected) => new($"PTX line {Peek.Line}: expected {expected}, found '{Peek.Text}'.");
}
