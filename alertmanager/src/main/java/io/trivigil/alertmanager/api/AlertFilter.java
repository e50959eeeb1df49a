package io.trivigil.alertmanager.api;

import io.trivigil.alertmanager.match.MatcherParser;
import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.model.Matcher;
import io.trivigil.model.Regex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What of the alerts is wanted.
///
/// @param matchers all must pass
/// @param receiver a regular expression that a receiver's name must match as a whole
/// @param active whether alerts that are neither silenced nor inhibited are wanted
/// @param silenced whether silenced ones are
/// @param inhibited whether inhibited ones are
/// @param unprocessed whether those that no look has reached yet are
/// @param muted whether those of quiet routes are; groups only
public record AlertFilter(
    List<Matcher> matchers,
    Optional<Regex> receiver,
    boolean active,
    boolean silenced,
    boolean inhibited,
    boolean unprocessed,
    boolean muted) {

  /// Everything.
  public static final AlertFilter ALL =
      new AlertFilter(List.of(), Optional.empty(), true, true, true, true, true);

  public AlertFilter {
    matchers = List.copyOf(matchers);
  }

  /// A filter from query parameters.
  ///
  /// @param filters texts of matchers, each of which may hold several
  /// @param receiver empty for any
  public static AlertFilter parse(
      List<String> filters,
      String receiver,
      boolean active,
      boolean silenced,
      boolean inhibited,
      boolean unprocessed,
      boolean muted)
      throws BadRequestException {
    Optional<Regex> regex = Optional.empty();
    if (!receiver.isEmpty()) {
      try {
        regex = Optional.of(Regex.anchored(receiver));
      } catch (IllegalArgumentException e) {
        throw new BadRequestException("failed to parse receiver param: " + e.getMessage());
      }
    }
    return new AlertFilter(
        matchers(filters), regex, active, silenced, inhibited, unprocessed, muted);
  }

  /// Matchers from query parameters.
  public static List<Matcher> matchers(List<String> filters) throws BadRequestException {
    List<Matcher> matchers = new ArrayList<>();
    for (String filter : filters) {
      try {
        matchers.addAll(MatcherParser.parse(filter).matchers());
      } catch (IllegalArgumentException e) {
        throw new BadRequestException(String.valueOf(e.getMessage()));
      }
    }
    return matchers;
  }

  Predicate<String> receivers() {
    return name -> receiver.map(regex -> regex.matches(name)).orElse(true);
  }

  boolean accepts(AlertView view) {
    if (!Matchers.matches(matchers, view.alert().labels())) {
      return false;
    }
    if (!silenced && !view.silencedBy().isEmpty()) {
      return false;
    }
    if (!inhibited && !view.inhibitedBy().isEmpty()) {
      return false;
    }
    return switch (view.state()) {
      case ACTIVE -> active;
      case UNPROCESSED -> unprocessed;
      case SUPPRESSED -> true;
    };
  }
}
