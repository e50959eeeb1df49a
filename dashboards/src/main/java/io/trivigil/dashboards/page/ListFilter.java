package io.trivigil.dashboards.page;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// What part of a list a reader asked for: `?state=firing&view=groups&q=words`.
///
/// @param view which of the page's views, or empty for its first
/// @param state which state, or empty for all
/// @param text words that a row must all contain, in any case
public record ListFilter(String view, String state, String text) {

  public static final ListFilter ALL = new ListFilter("", "", "");

  /// How many rows one page shows at most; what is left out is counted and said.
  public static final int MAX_ROWS = 1_000;

  /// Reads the parameters of a request; those that are missing mean "all".
  public static ListFilter of(Map<String, ? extends List<String>> parameters) {
    return new ListFilter(
        first(parameters, "view"), first(parameters, "state"), first(parameters, "q"));
  }

  private static String first(Map<String, ? extends List<String>> parameters, String name) {
    List<String> values = parameters.get(name);
    return values == null || values.isEmpty() ? "" : values.getFirst();
  }

  /// Returns whether the text contains every word; it is not asked for where there are no words.
  public boolean matchesText(Supplier<String> haystack) {
    if (text.isBlank()) {
      return true;
    }
    String low = haystack.get().toLowerCase(Locale.ROOT);
    for (String word : text.toLowerCase(Locale.ROOT).strip().split("\\s+", -1)) {
      if (!low.contains(word)) {
        return false;
      }
    }
    return true;
  }

  public boolean wantsState(String rowState) {
    return state.isEmpty() || state.equals(rowState);
  }

  /// Returns a link to the same page with another view, without a state.
  String viewLink(String otherView) {
    return link(otherView, "");
  }

  /// Returns a link to the same page and view with another state.
  String stateLink(String otherState) {
    return link(view, otherState);
  }

  private String link(String someView, String someState) {
    List<String> parts = new ArrayList<>();
    add(parts, "view", someView);
    add(parts, "state", someState);
    add(parts, "q", text);
    return "?" + String.join("&", parts);
  }

  private static void add(List<String> parts, String name, String value) {
    if (!value.isEmpty()) {
      parts.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }
}
