namespace XlstmSam.PtxInterpreter;

internal enum TokenKind
{
    /// <summary>A name, register, opcode or directive with all its dots: ld.global.f32, %r1, .reg.</summary>
    Word,
    Number,
    Text,
    Mark,
    End,
}

internal readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    public bool Is(char mark) => Kind == TokenKind.Mark && Text[0] == mark;
}
