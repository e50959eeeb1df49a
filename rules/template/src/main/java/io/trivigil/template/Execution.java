package io.trivigil.template;

import io.trivigil.template.value.Args;
import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoObject;
import io.trivigil.template.value.GoStrings;
import io.trivigil.template.value.GoValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One execution of a template. Confined to one thread.
final class Execution {
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private static final class Binding {
    private final String name;
    private @Nullable Object value;

    Binding(String name, @Nullable Object value) {
      this.name = name;
      this.value = value;
    }
  }

  /// Stands for "nothing came through the pipe", which differs from nil.
  private static final Object NOTHING = new Object();

  private final TemplateSet set;
  private final Output out;
  private final @Nullable Object data;
  private List<Binding> bindings = new ArrayList<>();
  private @Nullable Tree tree;
  private @Nullable Node node;
  private int steps;
  private int depth;

  Execution(TemplateSet set, Output out, @Nullable Object data) {
    this.set = set;
    this.out = out;
    this.data = data;
  }

  void run(Tree start) {
    tree = start;
    bindings.add(new Binding("$", data));
    walk(data, start.root());
  }

  private Flow walk(@Nullable Object dot, Node current) {
    at(current);
    if (++steps > set.limits().maxSteps()) {
      throw error("exceeded " + set.limits().maxSteps() + " steps");
    }
    return switch (current) {
      case Node.Text(int _, String text) -> {
        write(() -> out.text(text));
        yield Flow.ON;
      }
      case Node.Action(int _, Node.Pipe pipe) -> {
        Object value = pipeline(dot, pipe);
        if (pipe.declares().isEmpty()) {
          print(current, value);
        }
        yield Flow.ON;
      }
      case Node.Block(int _, List<Node> nodes) -> {
        for (Node child : nodes) {
          Flow flow = walk(dot, child);
          if (flow != Flow.ON) {
            yield flow;
          }
        }
        yield Flow.ON;
      }
      case Node.If(int _, Node.Pipe pipe, Node.Block then, Node.Block otherwise) ->
          branch(dot, pipe, then, otherwise, false);
      case Node.With(int _, Node.Pipe pipe, Node.Block then, Node.Block otherwise) ->
          branch(dot, pipe, then, otherwise, true);
      case Node.Range range -> {
        range(dot, range);
        yield Flow.ON;
      }
      case Node.Call call -> {
        call(dot, call);
        yield Flow.ON;
      }
      case Node.Break _ -> Flow.BREAK;
      case Node.Continue _ -> Flow.CONTINUE;
      case Node.Else _, Node.End _, Node.Operand _, Node.Command _ ->
          throw error("unknown node: " + current.shown());
    };
  }

  private void print(Node at, @Nullable Object value) {
    if (value instanceof GoFunction) {
      throw error("can't print " + at.shown() + " of type func()");
    }
    write(() -> out.value(value));
  }

  private void write(Runnable action) {
    try {
      action.run();
    } catch (GoError e) {
      throw error(e.getMessage(), e);
    }
    checkOutput();
  }

  private void checkOutput() {
    if (out.length() > set.limits().maxOutputChars()) {
      throw error("output exceeds " + set.limits().maxOutputChars() + " characters");
    }
  }

  private Flow branch(
      @Nullable Object dot,
      Node.Pipe pipe,
      Node.Block then,
      Node.@Nullable Block otherwise,
      boolean sets) {
    int mark = bindings.size();
    Object value = pipeline(dot, pipe);
    Flow flow = Flow.ON;
    if (GoValues.isTrue(value)) {
      flow = walk(sets ? value : dot, then);
    } else if (otherwise != null) {
      flow = walk(dot, otherwise);
    }
    popTo(mark);
    return flow;
  }

  private void range(@Nullable Object dot, Node.Range range) {
    int outer = bindings.size();
    Object value = pipeline(dot, range.pipe());
    int mark = bindings.size();
    boolean any = false;
    boolean going = true;
    Long count = value instanceof io.trivigil.template.value.GoInt ? null : GoValues.integer(value);
    List<? extends @Nullable Object> elements = GoValues.elements(value);
    Map<String, @Nullable Object> entries = GoValues.entries(value);
    if (count != null) {
      for (long i = 0; i < count && going; i++) {
        any = true;
        going = iteration(range, mark, i, i, true);
      }
    } else if (elements != null) {
      for (int i = 0; i < elements.size() && going; i++) {
        any = true;
        going = iteration(range, mark, (long) i, elements.get(i), false);
      }
    } else if (entries != null) {
      for (Map.Entry<String, @Nullable Object> entry : entries.entrySet()) {
        any = true;
        if (!iteration(range, mark, entry.getKey(), entry.getValue(), false)) {
          break;
        }
      }
    } else if (value != null) {
      throw error("range can't iterate over " + shown(value));
    }
    if (!any && range.otherwise() != null) {
      walk(dot, range.otherwise());
    }
    popTo(outer);
  }

  private boolean iteration(
      Node.Range range, int mark, Object index, @Nullable Object element, boolean counting) {
    List<String> declares = range.pipe().declares();
    boolean assigns = range.pipe().assigns();
    if (declares.size() == 1) {
      bind(declares.getFirst(), element, assigns, mark - 1);
    } else if (declares.size() == 2) {
      if (counting) {
        throw error("can't use " + shown(element) + " to iterate over more than one variable");
      }
      bind(declares.get(0), index, assigns, mark - 2);
      bind(declares.get(1), element, assigns, mark - 1);
    }
    Flow flow = walk(element, range.then());
    popTo(mark);
    return flow != Flow.BREAK;
  }

  private void bind(String name, @Nullable Object value, boolean assigns, int position) {
    if (assigns) {
      assign(name, value);
    } else {
      bindings.get(position).value = value;
    }
  }

  private void call(@Nullable Object dot, Node.Call call) {
    at(call);
    Tree callee = set.tree(call.name());
    if (callee == null) {
      throw error("template " + GoStrings.quote(call.name()) + " not defined");
    }
    if (depth >= set.limits().maxDepth()) {
      throw error("exceeded maximum template depth (" + set.limits().maxDepth() + ")");
    }
    Object argument = call.pipe() == null ? null : pipeline(dot, call.pipe());
    List<Binding> outerBindings = bindings;
    Tree outerTree = tree;
    bindings = new ArrayList<>(List.of(new Binding("$", argument)));
    tree = callee;
    depth++;
    walk(argument, callee.root());
    depth--;
    tree = outerTree;
    bindings = outerBindings;
  }

  private @Nullable Object pipeline(@Nullable Object dot, Node.Pipe pipe) {
    at(pipe);
    Object value = NOTHING;
    for (Node.Command command : pipe.commands()) {
      value = command(dot, command, value);
    }
    for (String name : pipe.declares()) {
      if (pipe.assigns()) {
        assign(name, value);
      } else {
        bindings.add(new Binding(name, value));
      }
    }
    return value;
  }

  private void assign(String name, @Nullable Object value) {
    for (int i = bindings.size() - 1; i >= 0; i--) {
      if (bindings.get(i).name.equals(name)) {
        bindings.get(i).value = value;
        return;
      }
    }
    throw error("undefined variable: " + name);
  }

  private @Nullable Object command(
      @Nullable Object dot, Node.Command command, @Nullable Object last) {
    Node.Operand first = command.words().getFirst();
    List<Node.Operand> rest = command.words().subList(1, command.words().size());
    return switch (first) {
      case Node.Field field -> fields(dot, dot, field, field.fields(), rest, last);
      case Node.Chain chain -> chain(dot, chain, rest, last);
      case Node.Identifier function -> function(dot, function, command, rest, last);
      case Node.Variable variable -> variable(dot, variable, rest, last);
      case Node.Pipe pipe -> {
        notAFunction(first, rest, last);
        yield pipeline(dot, pipe);
      }
      case Node.Nil _ -> {
        at(first);
        throw error("nil is not a command");
      }
      case Node.Dot _, Node.Literal _ -> {
        at(first);
        notAFunction(first, rest, last);
        yield first instanceof Node.Literal literal ? literal.value() : dot;
      }
    };
  }

  private void notAFunction(Node.Operand first, List<Node.Operand> rest, @Nullable Object last) {
    if (!rest.isEmpty() || last != NOTHING) {
      throw error("can't give argument to non-function " + first.shown());
    }
  }

  /// The value of a word that is an argument.
  private @Nullable Object argument(@Nullable Object dot, Node.Operand word) {
    at(word);
    return switch (word) {
      case Node.Dot _ -> dot;
      case Node.Nil _ -> null;
      case Node.Literal literal -> literal.value();
      case Node.Field field -> fields(dot, dot, field, field.fields(), List.of(), NOTHING);
      case Node.Variable variable -> variable(dot, variable, List.of(), NOTHING);
      case Node.Chain chain -> chain(dot, chain, List.of(), NOTHING);
      case Node.Identifier function -> function(dot, function, function, List.of(), NOTHING);
      case Node.Pipe pipe -> pipeline(dot, pipe);
    };
  }

  private @Nullable Object variable(
      @Nullable Object dot,
      Node.Variable variable,
      List<Node.Operand> args,
      @Nullable Object last) {
    at(variable);
    for (int i = bindings.size() - 1; i >= 0; i--) {
      if (bindings.get(i).name.equals(variable.name())) {
        Object value = bindings.get(i).value;
        if (variable.fields().isEmpty()) {
          notAFunction(variable, args, last);
          return value;
        }
        return fields(dot, value, variable, variable.fields(), args, last);
      }
    }
    throw error("undefined variable: " + variable.name());
  }

  private @Nullable Object chain(
      @Nullable Object dot, Node.Chain chain, List<Node.Operand> args, @Nullable Object last) {
    at(chain);
    if (chain.on() instanceof Node.Nil) {
      throw error("indirection through explicit nil in " + chain.shown());
    }
    Object base = argument(dot, chain.on());
    return fields(dot, base, chain, chain.fields(), args, last);
  }

  /// Follows `.a.b.c`; only the last one takes the arguments.
  private @Nullable Object fields(
      @Nullable Object dot,
      @Nullable Object base,
      Node at,
      List<String> names,
      List<Node.Operand> args,
      @Nullable Object last) {
    Object value = base;
    int end = names.size() - 1;
    for (int i = 0; i <= end; i++) {
      at(at);
      value =
          i == end
              ? field(dot, value, names.get(i), at, args, last, i == 0)
              : field(dot, value, names.get(i), at, List.of(), NOTHING, i == 0);
    }
    return value;
  }

  private @Nullable Object field(
      @Nullable Object dot,
      @Nullable Object receiver,
      String name,
      Node at,
      List<Node.Operand> args,
      @Nullable Object last,
      boolean first) {
    boolean hasArgs = !args.isEmpty() || last != NOTHING;
    if (receiver == null) {
      if (set.missingKey() == TemplateSet.MissingKey.ERROR) {
        throw error("nil data; no entry for key " + GoStrings.quote(name));
      }
      // Go distinguishes no value at all, which stays nothing, from a nil inside of something.
      if (first || set.missingKey() == TemplateSet.MissingKey.NO_VALUE) {
        return null;
      }
      throw error("nil pointer evaluating interface {}." + name);
    }
    if (receiver instanceof GoObject object) {
      switch (object.member(name)) {
        case GoObject.Member.Method(GoFunction method) -> {
          return invoke(dot, name, method, at, args, last);
        }
        case GoObject.Member.Field(Object value) -> {
          if (hasArgs) {
            throw error(name + " has arguments but cannot be invoked as function");
          }
          return value;
        }
        case null -> {}
      }
    }
    GoMap map = GoValues.map(receiver);
    if (map == null) {
      throw error("can't evaluate field " + name + " in type " + GoValues.typeOf(receiver));
    }
    if (hasArgs) {
      throw error(name + " is not a method but has arguments");
    }
    if (map.entries().containsKey(name)) {
      return map.entries().get(name);
    }
    return switch (set.missingKey()) {
      case NO_VALUE -> null;
      case ZERO -> map.zero();
      case ERROR -> throw error("map has no entry for key " + GoStrings.quote(name));
    };
  }

  private @Nullable Object function(
      @Nullable Object dot,
      Node.Identifier word,
      Node call,
      List<Node.Operand> args,
      @Nullable Object last) {
    at(word);
    GoFunction function = set.function(word.name());
    if (function == null) {
      throw error(GoStrings.quote(word.name()) + " is not a defined function");
    }
    if (function.equals(Builtins.AND) || function.equals(Builtins.OR)) {
      return shortCircuit(dot, word.name(), function.equals(Builtins.OR), args, last);
    }
    return invoke(dot, word.name(), function, call, args, last);
  }

  private @Nullable Object shortCircuit(
      @Nullable Object dot,
      String name,
      boolean stopsAt,
      List<Node.Operand> args,
      @Nullable Object last) {
    if (args.isEmpty() && last == NOTHING) {
      throw error("wrong number of args for " + name + ": want at least 1 got 0");
    }
    Object value = null;
    for (Node.Operand arg : args) {
      value = argument(dot, arg);
      if (GoValues.isTrue(value) == stopsAt) {
        return value;
      }
    }
    return last == NOTHING ? value : last;
  }

  private @Nullable Object invoke(
      @Nullable Object dot,
      String name,
      GoFunction function,
      Node at,
      List<Node.Operand> args,
      @Nullable Object last) {
    int count = args.size() + (last == NOTHING ? 0 : 1);
    String problem = function.countProblem(name, count);
    if (problem != null) {
      throw error(problem);
    }
    List<@Nullable Object> values = new ArrayList<>(count);
    for (Node.Operand arg : args) {
      values.add(argument(dot, arg));
    }
    if (last != NOTHING) {
      values.add(last);
    }
    at(at);
    try {
      return function.call(new Args(values));
    } catch (GoError.WrongType e) {
      if (e.argument() < args.size()) {
        at(args.get(e.argument()));
      }
      throw error(e.getMessage(), e);
    } catch (GoError e) {
      throw error("error calling " + name + ": " + e.getMessage(), e);
    } catch (ArithmeticException | IndexOutOfBoundsException | java.time.DateTimeException e) {
      // What would be a panic in Go, which its templates recover from too.
      throw error("error calling " + name + ": " + e.getMessage(), e);
    }
  }

  private static String shown(@Nullable Object value) {
    return io.trivigil.template.value.GoFormat.sprint(value);
  }

  private void popTo(int mark) {
    bindings.subList(mark, bindings.size()).clear();
  }

  private void at(Node current) {
    node = current;
  }

  private TemplateException error(@Nullable String message) {
    return error(message, null);
  }

  private TemplateException error(@Nullable String message, @Nullable Throwable cause) {
    Tree where = tree;
    Node what = node;
    if (where == null || what == null) {
      return new TemplateException("template: " + message, cause);
    }
    return new TemplateException(
        "template: %s: executing %s at <%s>: %s"
            .formatted(where.location(what), GoStrings.quote(where.name()), what.shown(), message),
        cause);
  }
}
