package io.trivigil.scraper.relabel;

import io.trivigil.config.YamlMap;
import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.model.Regex;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// One relabelling rule. Immutable.
///
/// @param modulus for `hashmod`, unsigned; 0 if not given
/// @param targetLabel may hold `$1` for `replace`
/// @param scheme which target names are valid; an invalid result is a no-op
public record RelabelRule(
    List<String> sourceLabels,
    String separator,
    Regex regex,
    long modulus,
    String targetLabel,
    String replacement,
    Action action,
    NameScheme scheme) {
  static final String DEFAULT_SEPARATOR = ";";
  static final Regex DEFAULT_REGEX = Regex.anchoredDotAll("(.*)");
  static final String DEFAULT_REPLACEMENT = "$1";

  /// What a rule does.
  public enum Action {
    REPLACE,
    KEEP,
    DROP,
    KEEPEQUAL,
    DROPEQUAL,
    HASHMOD,
    LABELMAP,
    LABELDROP,
    LABELKEEP,
    LOWERCASE,
    UPPERCASE;

    static Action parse(String text) {
      for (Action action : values()) {
        if (action.name().equalsIgnoreCase(text)) {
          return action;
        }
      }
      throw new IllegalArgumentException("unknown relabel action " + Names.quote(text));
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public RelabelRule {
    sourceLabels = List.copyOf(sourceLabels);
  }

  /// Reads a rule and reports what is wrong with it.
  public static RelabelRule read(YamlMap map, NameScheme scheme) {
    boolean noAction = map.names().contains("action") && !map.has("action");
    Action action = map.parsed("action", "Action", Action::parse).orElse(Action.REPLACE);
    RelabelRule rule =
        new RelabelRule(
            map.strings("source_labels"),
            map.string("separator", DEFAULT_SEPARATOR),
            map.regex("regex").orElse(DEFAULT_REGEX),
            map.parsed("modulus", "uint64", Long::parseUnsignedLong).orElse(0L),
            map.string("target_label", ""),
            map.string("replacement", DEFAULT_REPLACEMENT),
            action,
            scheme);
    if (noAction) {
      map.problem("action", "relabel action cannot be empty");
    } else {
      rule.check(map);
    }
    return rule;
  }

  private void check(YamlMap map) {
    String name = action.text();
    if (action == Action.HASHMOD && modulus == 0) {
      map.problem("modulus", "relabel configuration for hashmod requires non-zero modulus");
    }
    switch (action) {
      case REPLACE, HASHMOD, LOWERCASE, UPPERCASE, KEEPEQUAL, DROPEQUAL -> {
        if (targetLabel.isEmpty()) {
          map.problem(
              "action",
              "relabel configuration for %s action requires 'target_label' value".formatted(name));
        } else if (!isPlausibleTarget()) {
          map.problem(
              "target_label",
              "%s is invalid 'target_label' for %s action"
                  .formatted(Names.quote(targetLabel), name));
        }
      }
      case KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> {}
    }
    boolean plainReplacement = replacement.equals(DEFAULT_REPLACEMENT);
    boolean plainRest = modulus == 0 && separator.equals(DEFAULT_SEPARATOR) && plainReplacement;
    switch (action) {
      case LOWERCASE, UPPERCASE -> {
        if (!plainReplacement) {
          map.problem("replacement", "'replacement' can not be set for %s action".formatted(name));
        }
      }
      case KEEPEQUAL, DROPEQUAL -> {
        if (!plainRest || !regex.equals(DEFAULT_REGEX)) {
          map.problem(
              "action",
              "%s action requires only 'source_labels' and `target_label`, and no other fields"
                  .formatted(name));
        }
      }
      case LABELDROP, LABELKEEP -> {
        if (!plainRest || !sourceLabels.isEmpty() || !targetLabel.isEmpty()) {
          map.problem(
              "action", "%s action requires only 'regex', and no other fields".formatted(name));
        }
      }
      case REPLACE, KEEP, DROP, HASHMOD, LABELMAP -> {}
    }
  }

  private boolean isPlausibleTarget() {
    boolean expands = action == Action.REPLACE && targetLabel.contains("$");
    if (!expands) {
      return scheme.isLabelName(targetLabel);
    }
    // What is left beside the variables must be able to stand in a name.
    String rest = targetLabel.replaceAll("\\$\\{\\w+}|\\$\\w+", "_");
    return scheme.isLabelName(rest);
  }

  /// Applies rules in order; false if the label set is dropped.
  public static boolean apply(List<RelabelRule> rules, Labels.Builder labels) {
    for (RelabelRule rule : rules) {
      if (!rule.apply(labels)) {
        return false;
      }
    }
    return true;
  }

  private boolean apply(Labels.Builder labels) {
    return switch (action) {
      case KEEP -> regex.matches(joined(labels));
      case DROP -> !regex.matches(joined(labels));
      case KEEPEQUAL -> labels.get(targetLabel).equals(joined(labels));
      case DROPEQUAL -> !labels.get(targetLabel).equals(joined(labels));
      case REPLACE -> {
        replace(labels);
        yield true;
      }
      case HASHMOD -> {
        labels.set(targetLabel, Long.toUnsignedString(hashMod(joined(labels), modulus)));
        yield true;
      }
      case LOWERCASE -> {
        labels.set(targetLabel, joined(labels).toLowerCase(Locale.ROOT));
        yield true;
      }
      case UPPERCASE -> {
        labels.set(targetLabel, joined(labels).toUpperCase(Locale.ROOT));
        yield true;
      }
      case LABELMAP, LABELDROP, LABELKEEP -> {
        byName(labels);
        yield true;
      }
    };
  }

  private String joined(Labels.Builder labels) {
    if (sourceLabels.size() == 1) {
      return labels.get(sourceLabels.get(0));
    }
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < sourceLabels.size(); i++) {
      joined.append(i == 0 ? "" : separator).append(labels.get(sourceLabels.get(i)));
    }
    return joined.toString();
  }

  private void replace(Labels.Builder labels) {
    String value = joined(labels);
    if (!regex.matches(value)) {
      return;
    }
    String target = expand(value, targetLabel);
    if (scheme.isLabelName(target)) {
      labels.set(target, expand(value, replacement));
    }
  }

  private String expand(String value, String template) {
    return template.indexOf('$') < 0 ? template : regex.expandFirst(value, template).orElse("");
  }

  private void byName(Labels.Builder labels) {
    for (String name : labels.names()) {
      boolean matches = regex.matches(name);
      if (action == Action.LABELMAP) {
        if (matches) {
          labels.set(regex.replaceAll(name, replacement), labels.get(name));
        }
      } else if (matches == (action == Action.LABELDROP)) {
        labels.remove(name);
      }
    }
  }

  /// The last eight bytes of the MD5 sum, big endian and unsigned, modulo `modulus`.
  static long hashMod(String value, long modulus) {
    try {
      byte[] sum = MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      BigInteger last = new BigInteger(1, Arrays.copyOfRange(sum, 8, 16));
      return last.mod(new BigInteger(Long.toUnsignedString(modulus))).longValue();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
