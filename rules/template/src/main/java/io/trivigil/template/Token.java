package io.trivigil.template;

import io.trivigil.template.value.GoStrings;

/// One piece of a template's source.
record Token(Type type, int pos, String text, int line) {
  enum Type {
    ERROR,
    BOOL,
    CHAR, // a printable character such as a comma
    CHAR_CONSTANT,
    COMMENT,
    ASSIGN,
    DECLARE,
    EOF,
    FIELD, // with its dot
    IDENTIFIER,
    LEFT_DELIM,
    LEFT_PAREN,
    NUMBER,
    PIPE,
    RAW_STRING,
    RIGHT_DELIM,
    RIGHT_PAREN,
    SPACE,
    STRING,
    TEXT,
    VARIABLE, // with its dollar
    BLOCK,
    BREAK,
    CONTINUE,
    DOT,
    DEFINE,
    ELSE,
    END,
    IF,
    NIL,
    RANGE,
    TEMPLATE,
    WITH;

    boolean isKeyword() {
      return compareTo(BLOCK) >= 0;
    }
  }

  /// The token as Go's messages show it.
  String shown() {
    if (type == Type.EOF) {
      return "EOF";
    }
    if (type == Type.ERROR) {
      return text;
    }
    if (type.isKeyword()) {
      return "<" + text + ">";
    }
    int chars = text.codePointCount(0, text.length());
    return chars > 10
        ? GoStrings.quote(text.substring(0, text.offsetByCodePoints(0, 10))) + "..."
        : GoStrings.quote(text);
  }
}
