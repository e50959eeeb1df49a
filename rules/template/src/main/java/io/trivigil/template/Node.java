package io.trivigil.template;

import io.trivigil.template.value.GoStrings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The syntax tree. Every node knows where it begins and prints itself as Go does in messages.
sealed interface Node {
  /// Where it begins, as an index into the source.
  int pos();

  /// The node as Go prints it.
  String shown();

  record Text(int pos, String text) implements Node {
    @Override
    public String shown() {
      return text;
    }
  }

  record Action(int pos, Pipe pipe) implements Node {
    @Override
    public String shown() {
      return "{{" + pipe.shown() + "}}";
    }
  }

  record If(int pos, Pipe pipe, Block then, @Nullable Block otherwise) implements Node {
    @Override
    public String shown() {
      return branch("if", pipe, then, otherwise);
    }
  }

  record Range(int pos, Pipe pipe, Block then, @Nullable Block otherwise) implements Node {
    @Override
    public String shown() {
      return branch("range", pipe, then, otherwise);
    }
  }

  record With(int pos, Pipe pipe, Block then, @Nullable Block otherwise) implements Node {
    @Override
    public String shown() {
      return branch("with", pipe, then, otherwise);
    }
  }

  record Call(int pos, String name, @Nullable Pipe pipe) implements Node {
    @Override
    public String shown() {
      String argument = pipe == null ? "" : " " + pipe.shown();
      return "{{template " + GoStrings.quote(name) + argument + "}}";
    }
  }

  record Break(int pos) implements Node {
    @Override
    public String shown() {
      return "{{break}}";
    }
  }

  record Continue(int pos) implements Node {
    @Override
    public String shown() {
      return "{{continue}}";
    }
  }

  /// Only while parsing: ends a list.
  record Else(int pos) implements Node {
    @Override
    public String shown() {
      return "{{else}}";
    }
  }

  /// Only while parsing: ends a list.
  record End(int pos) implements Node {
    @Override
    public String shown() {
      return "{{end}}";
    }
  }

  record Block(int pos, List<Node> nodes) implements Node {
    public Block {
      nodes = List.copyOf(nodes);
    }

    @Override
    public String shown() {
      StringBuilder out = new StringBuilder();
      nodes.forEach(node -> out.append(node.shown()));
      return out.toString();
    }

    /// Whether it holds nothing but blanks, so that it does not replace a template of the same
    /// name.
    boolean isEmpty() {
      return nodes.stream()
          .allMatch(node -> node instanceof Text(int _, String text) && text.isBlank());
    }
  }

  /// What can stand as a word of a command.
  sealed interface Operand extends Node {}

  record Pipe(int pos, List<String> declares, boolean assigns, List<Command> commands)
      implements Operand {
    public Pipe {
      declares = List.copyOf(declares);
      commands = List.copyOf(commands);
    }

    @Override
    public String shown() {
      StringBuilder out = new StringBuilder();
      if (!declares.isEmpty()) {
        out.append(String.join(", ", declares)).append(assigns ? " = " : " := ");
      }
      for (int i = 0; i < commands.size(); i++) {
        out.append(i > 0 ? " | " : "").append(commands.get(i).shown());
      }
      return out.toString();
    }
  }

  record Command(int pos, List<Operand> words) implements Node {
    public Command {
      words = List.copyOf(words);
    }

    @Override
    public String shown() {
      StringBuilder out = new StringBuilder();
      for (Operand word : words) {
        out.append(out.isEmpty() ? "" : " ");
        out.append(word instanceof Pipe pipe ? "(" + pipe.shown() + ")" : word.shown());
      }
      return out.toString();
    }
  }

  record Identifier(int pos, String name) implements Operand {
    @Override
    public String shown() {
      return name;
    }
  }

  record Variable(int pos, String name, List<String> fields) implements Operand {
    public Variable {
      fields = List.copyOf(fields);
    }

    @Override
    public String shown() {
      return fields.isEmpty() ? name : name + "." + String.join(".", fields);
    }
  }

  record Field(int pos, List<String> fields) implements Operand {
    public Field {
      fields = List.copyOf(fields);
    }

    @Override
    public String shown() {
      return "." + String.join(".", fields);
    }
  }

  /// Fields of something in parentheses, or of a function's result.
  record Chain(int pos, Operand on, List<String> fields) implements Operand {
    public Chain {
      fields = List.copyOf(fields);
    }

    @Override
    public String shown() {
      String base = on instanceof Pipe pipe ? "(" + pipe.shown() + ")" : on.shown();
      return base + "." + String.join(".", fields);
    }
  }

  record Dot(int pos) implements Operand {
    @Override
    public String shown() {
      return ".";
    }
  }

  record Nil(int pos) implements Operand {
    @Override
    public String shown() {
      return "nil";
    }
  }

  /// A bool, a string, an int or a float, with its source.
  record Literal(int pos, Object value, String source) implements Operand {
    @Override
    public String shown() {
      return source;
    }
  }

  private static String branch(String name, Pipe pipe, Block then, @Nullable Block otherwise) {
    String rest = otherwise == null ? "" : "{{else}}" + otherwise.shown();
    return "{{" + name + " " + pipe.shown() + "}}" + then.shown() + rest + "{{end}}";
  }
}
