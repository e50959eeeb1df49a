package io.trivigil.template;

import io.trivigil.template.value.GoStrings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Builds the trees of one source: its own and one per `define` and `block`.
final class Parser {
  private final String parseName;
  private final String source;
  private final Set<String> functions;
  private final int maxDepth;
  private final List<Token> tokens;
  private final Map<String, Tree> trees = new LinkedHashMap<>();
  private List<String> variables = new ArrayList<>(List.of("$"));
  private int at;
  private int rangeDepth;
  private int depth;
  private int actionLine;

  private Parser(String parseName, String source, Set<String> functions, int maxDepth) {
    this.parseName = parseName;
    this.source = source;
    this.functions = functions;
    this.maxDepth = maxDepth;
    this.tokens = Lexer.lex(source, functions);
  }

  /// All templates that the source defines, its own first.
  static Map<String, Tree> parse(String name, String source, Set<String> functions, int maxDepth) {
    return new Parser(name, source, functions, maxDepth).run();
  }

  private Map<String, Tree> run() {
    List<Node> nodes = new ArrayList<>();
    while (peek().type() != Token.Type.EOF) {
      if (peek().type() == Token.Type.LEFT_DELIM) {
        int before = at;
        next();
        if (nextNonSpace().type() == Token.Type.DEFINE) {
          definition();
          continue;
        }
        at = before;
      }
      Node node = textOrAction();
      if (node instanceof Node.End || node instanceof Node.Else) {
        throw error("unexpected " + node.shown());
      }
      nodes.add(node);
    }
    Map<String, Tree> result = new LinkedHashMap<>();
    result.put(parseName, new Tree(parseName, parseName, source, new Node.Block(0, nodes)));
    trees.forEach(
        (name, tree) -> {
          Tree own = result.get(name);
          if (own == null || own.root().isEmpty()) {
            result.put(name, tree);
          } else if (!tree.root().isEmpty()) {
            throw error("template: multiple definition of template " + GoStrings.quote(name));
          }
        });
    return result;
  }

  private void definition() {
    String context = "define clause";
    String name = templateName(nextNonSpace(), context);
    expect(Token.Type.RIGHT_DELIM, context);
    named(name, context);
  }

  /// Reads the body of a `define` or `block`, which has variables of its own.
  private void named(String name, String context) {
    List<String> outer = variables;
    int outerRange = rangeDepth;
    variables = new ArrayList<>(List.of("$"));
    rangeDepth = 0;
    int start = peek().pos();
    ListEnd list = itemList();
    if (!(list.end() instanceof Node.End)) {
      throw error("unexpected " + list.end().shown() + " in " + context);
    }
    variables = outer;
    rangeDepth = outerRange;
    Tree tree = new Tree(name, parseName, source, new Node.Block(start, list.nodes()));
    Tree old = trees.get(name);
    if (old == null || old.root().isEmpty()) {
      trees.put(name, tree);
    } else if (!tree.root().isEmpty()) {
      throw error("template: multiple definition of template " + GoStrings.quote(name));
    }
  }

  private record ListEnd(List<Node> nodes, Node end) {}

  private ListEnd itemList() {
    if (++depth > maxDepth) {
      throw error("blocks are nested deeper than " + maxDepth);
    }
    List<Node> nodes = new ArrayList<>();
    while (peekNonSpace().type() != Token.Type.EOF) {
      Node node = textOrAction();
      if (node instanceof Node.End || node instanceof Node.Else) {
        depth--;
        return new ListEnd(nodes, node);
      }
      nodes.add(node);
    }
    next(); // So that the message names the line of the end.
    throw error("unexpected EOF");
  }

  private Node textOrAction() {
    Token token = nextNonSpace();
    switch (token.type()) {
      case TEXT -> {
        return new Node.Text(token.pos(), token.text());
      }
      case LEFT_DELIM -> {
        actionLine = token.line();
        Node action = action();
        actionLine = 0;
        return action;
      }
      default -> throw unexpected(token, "input");
    }
  }

  private Node action() {
    Token token = nextNonSpace();
    return switch (token.type()) {
      case BLOCK -> block();
      case BREAK -> {
        loopControl("break");
        yield new Node.Break(token.pos());
      }
      case CONTINUE -> {
        loopControl("continue");
        yield new Node.Continue(token.pos());
      }
      case ELSE -> {
        Token following = peekNonSpace();
        yield following.type() == Token.Type.IF || following.type() == Token.Type.WITH
            ? new Node.Else(following.pos())
            : new Node.Else(expect(Token.Type.RIGHT_DELIM, "else").pos());
      }
      case END -> new Node.End(expect(Token.Type.RIGHT_DELIM, "end").pos());
      case IF, RANGE, WITH -> control(token);
      case TEMPLATE -> call();
      default -> {
        backup();
        int pos = peek().pos();
        // A declaration stays in scope until the end of the enclosing block.
        yield new Node.Action(pos, pipeline("command", Token.Type.RIGHT_DELIM));
      }
    };
  }

  private void loopControl(String word) {
    Token token = nextNonSpace();
    if (token.type() != Token.Type.RIGHT_DELIM) {
      throw unexpected(token, "{{" + word + "}}");
    }
    if (rangeDepth == 0) {
      throw error("{{" + word + "}} outside {{range}}");
    }
  }

  private Node control(Token keyword) {
    String context = keyword.text();
    int mark = variables.size();
    int pos = peekNonSpace().pos();
    Node.Pipe pipe = pipeline(context, Token.Type.RIGHT_DELIM);
    if (keyword.type() == Token.Type.RANGE) {
      rangeDepth++;
    }
    ListEnd list = itemList();
    if (keyword.type() == Token.Type.RANGE) {
      rangeDepth--;
    }
    Node.Block then = new Node.Block(pos, list.nodes());
    Node.Block otherwise =
        list.end() instanceof Node.Else(int elsePos) ? otherwise(keyword, elsePos) : null;
    variables.subList(mark, variables.size()).clear();
    return switch (keyword.type()) {
      case IF -> new Node.If(pos, pipe, then, otherwise);
      case RANGE -> new Node.Range(pos, pipe, then, otherwise);
      default -> new Node.With(pos, pipe, then, otherwise);
    };
  }

  private Node.Block otherwise(Token keyword, int pos) {
    // "else if" is short for an if inside the else, whose end serves for both.
    boolean chained = keyword.type() != Token.Type.RANGE && peekNonSpace().type() == keyword.type();
    if (chained) {
      if (++depth > maxDepth) {
        throw error("blocks are nested deeper than " + maxDepth);
      }
      Node.Block block = new Node.Block(pos, List.of(control(nextNonSpace())));
      depth--;
      return block;
    }
    ListEnd list = itemList();
    if (!(list.end() instanceof Node.End)) {
      throw error("expected end; found " + list.end().shown());
    }
    return new Node.Block(pos, list.nodes());
  }

  private Node block() {
    String context = "block clause";
    Token token = nextNonSpace();
    String name = templateName(token, context);
    Node.Pipe pipe = pipeline(context, Token.Type.RIGHT_DELIM);
    named(name, context);
    return new Node.Call(token.pos(), name, pipe);
  }

  private Node call() {
    String context = "template clause";
    Token token = nextNonSpace();
    String name = templateName(token, context);
    Node.Pipe pipe = null;
    if (nextNonSpace().type() != Token.Type.RIGHT_DELIM) {
      backup();
      pipe = pipeline(context, Token.Type.RIGHT_DELIM);
    }
    return new Node.Call(token.pos(), name, pipe);
  }

  private String templateName(Token token, String context) {
    if (token.type() != Token.Type.STRING && token.type() != Token.Type.RAW_STRING) {
      throw unexpected(token, context);
    }
    return unquote(token);
  }

  private Node.Pipe pipeline(String context, Token.Type end) {
    int pos = peekNonSpace().pos();
    List<String> declares = new ArrayList<>();
    boolean assigns = declarations(context, declares);
    List<Node.Command> commands = new ArrayList<>();
    while (true) {
      Token token = nextNonSpace();
      if (token.type() == end) {
        break;
      }
      switch (token.type()) {
        case BOOL,
            CHAR_CONSTANT,
            DOT,
            FIELD,
            IDENTIFIER,
            NUMBER,
            NIL,
            RAW_STRING,
            STRING,
            VARIABLE,
            LEFT_PAREN -> {
          backup();
          commands.add(command());
        }
        default -> throw unexpected(token, context);
      }
    }
    if (commands.isEmpty()) {
      throw error("missing value for " + context);
    }
    for (int i = 1; i < commands.size(); i++) {
      Node.Operand first = commands.get(i).words().getFirst();
      if (first instanceof Node.Dot || first instanceof Node.Nil || first instanceof Node.Literal) {
        throw error("non executable command in pipeline stage " + (i + 1));
      }
    }
    return new Node.Pipe(pos, declares, assigns, commands);
  }

  /// Reads `$a :=`, `$a =` or `$i, $e :=` if the pipeline begins so; true for an assignment.
  private boolean declarations(String context, List<String> declares) {
    while (peekNonSpace().type() == Token.Type.VARIABLE) {
      int before = at;
      Token variable = nextNonSpace();
      Token following = nextNonSpace();
      if (following.type() == Token.Type.ASSIGN || following.type() == Token.Type.DECLARE) {
        declare(variable, declares);
        return following.type() == Token.Type.ASSIGN;
      }
      if (following.type() != Token.Type.CHAR || !following.text().equals(",")) {
        at = before;
        return false;
      }
      declare(variable, declares);
      if (!context.equals("range") || declares.size() >= 2) {
        throw error("too many declarations in " + context);
      }
      Token.Type after = peekNonSpace().type();
      if (after != Token.Type.VARIABLE
          && after != Token.Type.RIGHT_DELIM
          && after != Token.Type.RIGHT_PAREN) {
        throw error("range can only initialize variables");
      }
    }
    return false;
  }

  private void declare(Token variable, List<String> declares) {
    declares.add(variable.text());
    variables.add(variable.text());
  }

  private Node.Command command() {
    int pos = peekNonSpace().pos();
    List<Node.Operand> words = new ArrayList<>();
    while (true) {
      peekNonSpace();
      Node.Operand operand = operand();
      if (operand != null) {
        words.add(operand);
      }
      Token token = next();
      switch (token.type()) {
        case SPACE -> {
          continue;
        }
        case RIGHT_DELIM, RIGHT_PAREN -> backup();
        case PIPE -> {}
        default -> throw unexpected(token, "operand");
      }
      break;
    }
    if (words.isEmpty()) {
      throw error("empty command");
    }
    return new Node.Command(pos, words);
  }

  private Node.@Nullable Operand operand() {
    Node.Operand term = term();
    if (term == null || peek().type() != Token.Type.FIELD) {
      return term;
    }
    int pos = peek().pos();
    List<String> fields = new ArrayList<>();
    while (peek().type() == Token.Type.FIELD) {
      fields.add(next().text().substring(1));
    }
    return switch (term) {
      case Node.Field(int _, List<String> first) -> {
        List<String> all = new ArrayList<>(first);
        all.addAll(fields);
        yield new Node.Field(pos, all);
      }
      case Node.Variable variable -> new Node.Variable(pos, variable.name(), fields);
      case Node.Literal _, Node.Nil _, Node.Dot _ ->
          throw error("unexpected . after term " + GoStrings.quote(term.shown()));
      default -> new Node.Chain(pos, term, fields);
    };
  }

  private Node.@Nullable Operand term() {
    Token token = nextNonSpace();
    return switch (token.type()) {
      case IDENTIFIER -> {
        if (!functions.contains(token.text())) {
          throw error("function " + GoStrings.quote(token.text()) + " not defined");
        }
        yield new Node.Identifier(token.pos(), token.text());
      }
      case DOT -> new Node.Dot(token.pos());
      case NIL -> new Node.Nil(token.pos());
      case VARIABLE -> {
        if (!variables.contains(token.text())) {
          throw error("undefined variable " + GoStrings.quote(token.text()));
        }
        yield new Node.Variable(token.pos(), token.text(), List.of());
      }
      case FIELD -> new Node.Field(token.pos(), List.of(token.text().substring(1)));
      case BOOL -> new Node.Literal(token.pos(), token.text().equals("true"), token.text());
      case CHAR_CONSTANT, NUMBER -> number(token);
      case LEFT_PAREN -> {
        if (++depth > maxDepth) {
          throw error("parentheses are nested deeper than " + maxDepth);
        }
        Node.Pipe pipe = pipeline("parenthesized pipeline", Token.Type.RIGHT_PAREN);
        depth--;
        yield pipe;
      }
      case STRING, RAW_STRING -> new Node.Literal(token.pos(), unquote(token), token.text());
      default -> {
        backup();
        yield null;
      }
    };
  }

  private Node.Literal number(Token token) {
    Object value = Numbers.parse(token.text());
    if (value == null) {
      throw error(
          token.type() == Token.Type.CHAR_CONSTANT
              ? "malformed character constant: " + token.text()
              : "illegal number syntax: " + GoStrings.quote(token.text()));
    }
    return new Node.Literal(token.pos(), value, token.text());
  }

  private String unquote(Token token) {
    String text = GoStrings.unquote(token.text());
    if (text == null) {
      throw error("invalid syntax");
    }
    return text;
  }

  private Token peek() {
    return tokens.get(Math.min(at, tokens.size() - 1));
  }

  private Token next() {
    Token token = peek();
    at++;
    return token;
  }

  private Token peekNonSpace() {
    while (peek().type() == Token.Type.SPACE) {
      at++;
    }
    return peek();
  }

  private Token nextNonSpace() {
    peekNonSpace();
    return next();
  }

  private void backup() {
    at--;
  }

  private Token expect(Token.Type type, String context) {
    Token token = nextNonSpace();
    if (token.type() != type) {
      throw unexpected(token, context);
    }
    return token;
  }

  private TemplateException unexpected(Token token, String context) {
    if (token.type() != Token.Type.ERROR) {
      return error("unexpected " + token.shown() + " in " + context);
    }
    String where = "";
    if (actionLine != 0 && actionLine != token.line()) {
      String in = token.text().endsWith(" action") ? "" : " in action";
      where = in + " started at " + parseName + ":" + actionLine;
    }
    return error(token.text() + where);
  }

  /// Go names the line of the newest token that it has looked at.
  private TemplateException error(String message) {
    int seen = Math.max(0, Math.min(at, tokens.size()) - 1);
    return new TemplateException(
        "template: %s:%d: %s".formatted(parseName, tokens.get(seen).line(), message));
  }
}
