package io.trivigil.dashboards.page;

import io.trivigil.model.Matcher;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// One silence.
///
/// @param mutes how many alerts it mutes now
public record SilenceRow(
    String id,
    State silenceState,
    List<Matcher> matchers,
    long startsMs,
    long endsMs,
    long updatedMs,
    String createdBy,
    String comment,
    int mutes) {

  /// Where a silence stands in its life.
  public enum State {
    ACTIVE,
    PENDING,
    EXPIRED;

    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public SilenceRow {
    matchers = List.copyOf(matchers);
  }

  public String state() {
    return silenceState.wire();
  }

  public boolean active() {
    return silenceState == State.ACTIVE;
  }

  public boolean pending() {
    return silenceState == State.PENDING;
  }

  public boolean expired() {
    return silenceState == State.EXPIRED;
  }

  public List<String> matcherTexts() {
    return matchers.stream().map(Matcher::toString).toList();
  }

  String searchText() {
    return matchers.stream().map(Matcher::toString).collect(Collectors.joining(" "))
        + (" " + createdBy + " " + comment + " " + id);
  }
}
