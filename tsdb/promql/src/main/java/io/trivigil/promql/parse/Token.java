package io.trivigil.promql.parse;

import io.trivigil.model.Names;
import io.trivigil.promql.ast.PosRange;

/// One token with its place in the query.
record Token(Type type, int start, String text) {

  /// What a token is; `text` is how it is written where that is fixed.
  enum Type {
    EOF(""),
    ERROR(""),
    IDENTIFIER(""),
    METRIC_IDENTIFIER(""),
    STRING(""),
    NUMBER(""),
    DURATION(""),
    KEYWORD(""),
    OPERATOR(""),
    AGGREGATOR(""),
    LEFT_PAREN("("),
    RIGHT_PAREN(")"),
    LEFT_BRACE("{"),
    RIGHT_BRACE("}"),
    LEFT_BRACKET("["),
    RIGHT_BRACKET("]"),
    COMMA(","),
    COLON(":"),
    EQL("=");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  int end() {
    return start + text.length();
  }

  PosRange pos() {
    return new PosRange(start, end());
  }

  /// Whether this is the keyword or operator `word`, in any case.
  boolean is(String word) {
    return (type == Type.KEYWORD || type == Type.OPERATOR || type == Type.AGGREGATOR)
        && text.equalsIgnoreCase(word);
  }

  /// How messages name it: `number "5"`, `<op:+>`, `end of input`.
  String describe() {
    return switch (type) {
      case EOF -> "end of input";
      case IDENTIFIER -> "identifier " + Names.quote(text);
      case METRIC_IDENTIFIER -> "metric identifier " + Names.quote(text);
      case STRING -> "string " + shortened();
      case NUMBER -> "number " + shortened();
      case DURATION -> "duration " + shortened();
      case KEYWORD -> isPlainWord() ? shortened() : "<" + text + ">";
      case OPERATOR -> "<op:" + text + ">";
      case AGGREGATOR -> "<aggr:" + text + ">";
      default -> shortened();
    };
  }

  private boolean isPlainWord() {
    return switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case "start", "end", "step", "range" -> true;
      default -> false;
    };
  }

  private String shortened() {
    return text.length() > 10 ? Names.quote(text.substring(0, 10)) + "..." : Names.quote(text);
  }
}
