package io.trivigil.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// One value of a YAML document with its place. What a scalar means is decided by who reads it, so
/// `17:00` and `010` stay as they were written. Immutable.
public final class YamlValue {
  private final String file;
  private final Node node;

  YamlValue(String file, Node node) {
    this.file = file;
    this.node = node;
  }

  /// Reads the first document of `text`; empty if there is none, or if it is not YAML (a problem
  /// then). Further documents are warned of.
  public static Optional<YamlValue> parse(String file, String text, Problems problems) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setUseMarks(true).setCodePointLimit(64 << 20).build();
    try {
      var documents = new Compose(settings).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        return Optional.empty();
      }
      YamlValue first = new YamlValue(file, documents.next());
      if (documents.hasNext()) {
        problems.warn(first.position(), "only the first YAML document of the file is used");
      }
      return Optional.of(first);
    } catch (MarkedYamlEngineException e) {
      Position at = e.getProblemMark().map(mark -> position(file, mark)).orElse(Position.of(file));
      problems.add(at, "yaml: " + String.valueOf(e.getProblem()));
    } catch (YamlEngineException e) {
      problems.add(Position.of(file), "yaml: " + e.getMessage());
    }
    return Optional.empty();
  }

  public Position position() {
    return node.getStartMark().map(mark -> position(file, mark)).orElse(Position.of(file));
  }

  private static Position position(String file, Mark mark) {
    return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  public boolean isNull() {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  public boolean isMap() {
    return node instanceof MappingNode;
  }

  public boolean isList() {
    return node instanceof SequenceNode;
  }

  public boolean isScalar() {
    return node instanceof ScalarNode && !isNull();
  }

  /// Whether a scalar was written without quotes, so that it may be a number or a boolean.
  public boolean isPlain() {
    return node instanceof ScalarNode scalar && scalar.isPlain();
  }

  /// The text of a scalar, empty for anything else.
  public String text() {
    return node instanceof ScalarNode scalar && !isNull() ? scalar.getValue() : "";
  }

  /// The text of a scalar; a problem is reported, and an empty text returned, where it is none. A
  /// null counts as an empty text.
  public String string(Problems problems) {
    if (!isScalar() && !isNull()) {
      problems.add(position(), "cannot unmarshal %s into string".formatted(kind()));
    }
    return text();
  }

  /// The elements of a list; a null is an empty list, anything else a problem.
  public List<YamlValue> items(Problems problems) {
    if (node instanceof SequenceNode sequence) {
      List<YamlValue> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(new YamlValue(file, item)));
      return items;
    }
    if (!isNull()) {
      problems.add(position(), "cannot unmarshal %s into a list".formatted(kind()));
    }
    return List.of();
  }

  /// The mapping's fields; a null is an empty mapping, anything else a problem.
  ///
  /// @param type what the mapping is, for messages: `scrape_config`
  public YamlMap map(String type, Problems problems) {
    if (!(node instanceof MappingNode) && !isNull()) {
      problems.add(position(), "cannot unmarshal %s into %s".formatted(kind(), type));
    }
    return new YamlMap(this, type, problems);
  }

  /// What this is, in words.
  public String kind() {
    return switch (node) {
      case MappingNode _ -> "a mapping";
      case SequenceNode _ -> "a list";
      case ScalarNode scalar ->
          scalar.getTag().equals(Tag.NULL) ? "nothing" : "\"" + scalar.getValue() + "\"";
      default -> "a YAML value";
    };
  }

  String file() {
    return file;
  }

  Node node() {
    return node;
  }
}
