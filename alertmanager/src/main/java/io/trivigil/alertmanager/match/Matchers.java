package io.trivigil.alertmanager.match;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.model.Regex;
import io.trivigil.model.Utf8Order;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Making, ordering and writing the Alertmanager's matchers: anchored, with a dot that does not
/// match a newline.
public final class Matchers {
  private static final String RESERVED = "{}!=~,\\\"'`";

  /// Upstream's order: name, value, then `=`, `!=`, `=~`, `!~`.
  public static final Comparator<Matcher> ORDER =
      Comparator.comparing(Matcher::name, Utf8Order::compare)
          .thenComparing(Matcher::value, Utf8Order::compare)
          .thenComparing(Matcher::op);

  private Matchers() {}

  /// One matcher.
  ///
  /// @throws IllegalArgumentException if its regular expression is not valid
  public static Matcher of(String name, Matcher.Op op, String value) {
    return new Matcher(
        name, op, value, op.isRegex() ? Optional.of(Regex.anchored(value)) : Optional.empty());
  }

  /// Whether all pass; no matchers pass anything.
  public static boolean matches(Collection<Matcher> matchers, Labels labels) {
    for (Matcher matcher : matchers) {
      if (!matcher.test(labels)) {
        return false;
      }
    }
    return true;
  }

  /// `{a="b",c=~"d"}`, in the order given; part of group keys.
  public static String text(List<Matcher> matchers) {
    return matchers.stream().map(Matchers::text).collect(Collectors.joining(",", "{", "}"));
  }

  /// `a="b"`; the name is quoted only if it has reserved characters.
  public static String text(Matcher matcher) {
    String name = matcher.name();
    return (name.codePoints().anyMatch(Matchers::isReserved) ? Names.quote(name) : name)
        + matcher.op().text()
        + Names.quote(matcher.value());
  }

  static boolean isReserved(int point) {
    return isSpace(point) || RESERVED.indexOf(point) >= 0;
  }

  // Go's unicode.IsSpace.
  static boolean isSpace(int point) {
    return switch (point) {
      case '\t', '\n', 0x0b, '\f', '\r', ' ', 0x85, 0xA0 -> true;
      default ->
          switch (Character.getType(point)) {
            case Character.SPACE_SEPARATOR,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> false;
          };
    };
  }
}
