package io.trivigil.config;

import io.trivigil.model.PromDuration;
import io.trivigil.model.Regex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A mapping that is read strictly: each field is asked for by name, and [#done] reports those that
/// nobody asked for. A field that is wrong is reported and its default returned, so that one
/// reading finds all problems.
///
/// Merge keys (`<<`) and aliases work; a key that stands twice is a problem. Belongs to one thread.
public final class YamlMap {
  private final YamlValue self;
  private final String type;
  private final Problems problems;
  private final Map<String, YamlValue> fields = new LinkedHashMap<>();
  private final Map<String, Position> keys = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  YamlMap(YamlValue self, String type, Problems problems) {
    this.self = self;
    this.type = type;
    this.problems = problems;
    if (self.node() instanceof MappingNode mapping) {
      readFields(mapping, false);
    }
  }

  private void readFields(MappingNode mapping, boolean merged) {
    Set<String> here = new LinkedHashSet<>();
    List<Node> merges = new ArrayList<>();
    for (NodeTuple tuple : mapping.getValue()) {
      YamlValue key = new YamlValue(self.file(), tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        problems.add(key.position(), "a key must be a text");
        continue;
      }
      String name = scalar.getValue();
      if (name.equals("<<") && key.isPlain()) {
        merges.add(tuple.getValueNode());
      } else if (!here.add(name)) {
        problems.add(key.position(), "field %s already set in type %s".formatted(name, type));
      } else if (!merged || !fields.containsKey(name)) {
        fields.put(name, new YamlValue(self.file(), tuple.getValueNode()));
        keys.put(name, key.position());
      }
    }
    for (Node merge : merges) {
      if (merge instanceof MappingNode other) {
        readFields(other, true);
      } else if (merge instanceof SequenceNode list) {
        list.getValue()
            .forEach(
                item -> {
                  if (item instanceof MappingNode other) {
                    readFields(other, true);
                  }
                });
      }
    }
  }

  public Position position() {
    return self.position();
  }

  /// Where a field stands; the mapping's own place if it does not.
  public Position position(String key) {
    return keys.getOrDefault(key, self.position());
  }

  public Problems problems() {
    return problems;
  }

  /// The names of all fields in the order of the file, whether asked for or not.
  public List<String> names() {
    return List.copyOf(fields.keySet());
  }

  /// Whether the field is there and not null. Does not count as asking for it.
  public boolean has(String key) {
    YamlValue value = fields.get(key);
    return value != null && !value.isNull();
  }

  /// The field's value; empty if absent or null.
  public Optional<YamlValue> value(String key) {
    asked.add(key);
    return Optional.ofNullable(fields.get(key)).filter(value -> !value.isNull());
  }

  /// Reports a problem at a field.
  public void problem(String key, String message) {
    problems.add(position(key), message);
  }

  public Optional<String> string(String key) {
    return value(key).map(value -> value.string(problems));
  }

  public String string(String key, String byDefault) {
    return string(key).orElse(byDefault);
  }

  /// A text that must be there and not empty; else a problem, and an empty text.
  public String requiredString(String key) {
    String text = string(key, "");
    if (text.isEmpty()) {
      problem(key, "missing %s in %s".formatted(key, type));
    }
    return text;
  }

  public Optional<Secret> secret(String key) {
    return string(key).map(Secret::new);
  }

  public Optional<Boolean> bool(String key) {
    return parsed(
        key,
        "bool",
        text ->
            switch (text) {
              case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON" -> true;
              case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF" -> false;
              default ->
                  throw new IllegalArgumentException(
                      "cannot unmarshal \"%s\" into bool".formatted(text));
            });
  }

  public boolean bool(String key, boolean byDefault) {
    return bool(key).orElse(byDefault);
  }

  public OptionalLong integer(String key) {
    Optional<Long> value =
        parsed(
            key,
            "int",
            text -> {
              try {
                return Long.decode(text.startsWith("0o") ? "0" + text.substring(2) : text);
              } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                    "cannot unmarshal \"%s\" into int".formatted(text), e);
              }
            });
    return value.map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  public long integer(String key, long byDefault) {
    return integer(key).orElse(byDefault);
  }

  public double number(String key, double byDefault) {
    return parsed(
            key,
            "float",
            text -> {
              try {
                return Double.valueOf(text);
              } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                    "cannot unmarshal \"%s\" into float64".formatted(text), e);
              }
            })
        .orElse(byDefault);
  }

  /// A Prometheus duration.
  public Optional<Duration> duration(String key) {
    return parsed(key, "duration", PromDuration::parse);
  }

  public Duration duration(String key, Duration byDefault) {
    return duration(key).orElse(byDefault);
  }

  /// A size in bytes: `512MB` counts in powers of two, as Prometheus does.
  public OptionalLong bytes(String key) {
    Optional<Long> value = parsed(key, "size", ByteSize::parse);
    return value.map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  /// A regular expression, anchored and with a dot that matches newlines.
  public Optional<Regex> regex(String key) {
    return parsed(key, "regex", Regex::anchoredDotAll);
  }

  /// A scalar that `parser` understands; its IllegalArgumentException becomes a problem at the
  /// field.
  public <T> Optional<T> parsed(String key, String what, Function<String, T> parser) {
    Optional<YamlValue> value = value(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!value.get().isScalar()) {
      problems.add(
          value.get().position(),
          "cannot unmarshal %s into %s".formatted(value.get().kind(), what));
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(value.get().text()));
    } catch (IllegalArgumentException e) {
      problems.add(value.get().position(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /// A list of texts; empty if absent.
  public List<String> strings(String key) {
    List<String> texts = new ArrayList<>();
    value(key)
        .ifPresent(list -> list.items(problems).forEach(item -> texts.add(item.string(problems))));
    return List.copyOf(texts);
  }

  /// A mapping of texts in the order of the file; empty if absent.
  public Map<String, String> stringMap(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    value(key)
        .ifPresent(
            value -> {
              YamlMap map = value.map(key, problems);
              map.names().forEach(name -> texts.put(name, map.string(name, "")));
            });
    return texts;
  }

  /// A list of mappings, each read strictly; unknown fields of each are reported. `type` is for
  /// messages.
  public <T> List<T> list(String key, String type, Function<YamlMap, T> reader) {
    List<T> read = new ArrayList<>();
    value(key)
        .ifPresent(
            list -> {
              for (YamlValue item : list.items(problems)) {
                if (item.isNull()) {
                  problems.add(item.position(), "empty or null %s in %s".formatted(type, key));
                  continue;
                }
                YamlMap map = item.map(type, problems);
                read.add(reader.apply(map));
                map.done();
              }
            });
    return List.copyOf(read);
  }

  /// A mapping, read strictly; empty if absent.
  public <T> Optional<T> object(String key, String type, Function<YamlMap, T> reader) {
    return value(key)
        .map(
            value -> {
              YamlMap map = value.map(type, problems);
              T read = reader.apply(map);
              map.done();
              return read;
            });
  }

  /// Marks fields as known without reading them.
  public void accept(String... names) {
    asked.addAll(List.of(names));
  }

  /// Reports every field that nobody asked for.
  public void done() {
    for (String name : fields.keySet()) {
      if (!asked.contains(name)) {
        problems.add(position(name), "field %s not found in type %s".formatted(name, type));
      }
    }
  }
}
