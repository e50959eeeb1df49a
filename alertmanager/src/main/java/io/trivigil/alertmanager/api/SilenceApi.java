package io.trivigil.alertmanager.api;

import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.SilenceExpire;
import io.trivigil.alertmanager.state.Command.SilenceSet;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.alertmanager.state.Silence.Condition;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Silences as the API shows and takes them.
public final class SilenceApi {
  private SilenceApi() {}

  /// A silence as it was posted.
  ///
  /// @param id of the silence to edit, empty for a new one
  public record Posted(
      String id,
      List<Condition> matchers,
      long startsMs,
      long endsMs,
      String createdBy,
      String comment) {
    public Posted {
      matchers = List.copyOf(matchers);
    }
  }

  /// What is to be proposed, and the id that the client gets if it is accepted.
  public record Change(String silenceId, Command command) {}

  /// Makes the command of a posted silence: an edit keeps the id only if it changes nothing of the
  /// past; else the old one expires and a new one begins.
  ///
  /// @param newId used if a new silence is made
  /// @return empty if the silence to edit is not known: 404
  /// @throws BadRequestException if it is not valid
  public static Optional<Change> post(StateView state, Posted posted, String newId, long clockMs)
      throws BadRequestException {
    long nowMs = Math.max(clockMs, state.logTimeMs());
    check(posted, nowMs);
    if (posted.id().isEmpty()) {
      return Optional.of(
          new Change(
              newId,
              new SilenceSet(
                  silence(posted, newId, Math.max(posted.startsMs(), nowMs), nowMs),
                  0,
                  Optional.empty())));
    }
    Silence known = state.silences().get(posted.id());
    if (known == null) {
      return Optional.empty();
    }
    if (keepsId(known, posted, nowMs)) {
      // The start of an active silence stays as it was, to the millisecond.
      long startsMs =
          known.stateAt(nowMs) == Silence.State.ACTIVE ? known.startsMs() : posted.startsMs();
      return Optional.of(
          new Change(
              known.id(),
              new SilenceSet(
                  silence(posted, known.id(), startsMs, nowMs),
                  known.version(),
                  Optional.empty())));
    }
    Optional<SilenceExpire> expire =
        known.stateAt(nowMs) == Silence.State.EXPIRED
            ? Optional.empty()
            : Optional.of(new SilenceExpire(known.id(), known.version(), nowMs));
    return Optional.of(
        new Change(
            newId,
            new SilenceSet(
                silence(posted, newId, Math.max(posted.startsMs(), nowMs), nowMs), 0, expire)));
  }

  private static Silence silence(Posted posted, String id, long startsMs, long nowMs) {
    return new Silence(
        id,
        posted.matchers(),
        startsMs,
        posted.endsMs(),
        nowMs,
        posted.createdBy(),
        posted.comment(),
        0);
  }

  private static boolean keepsId(Silence known, Posted posted, long nowMs) {
    Set<Condition> before = new HashSet<>(known.matchers());
    if (!before.equals(new HashSet<>(posted.matchers()))) {
      return false;
    }
    return switch (known.stateAt(nowMs)) {
      case ACTIVE ->
          posted.startsMs() / 1000 == known.startsMs() / 1000 && posted.endsMs() >= nowMs;
      case PENDING -> posted.startsMs() >= nowMs;
      case EXPIRED -> false;
    };
  }

  private static void check(Posted posted, long nowMs) throws BadRequestException {
    if (posted.startsMs() > posted.endsMs() || posted.startsMs() == posted.endsMs()) {
      throw new BadRequestException("Failed to create silence: start time must be before end time");
    }
    if (posted.endsMs() < nowMs) {
      throw new BadRequestException("Failed to create silence: end time can't be in the past");
    }
    if (posted.matchers().isEmpty()) {
      throw new BadRequestException("invalid silence: at least one matcher required");
    }
    boolean anyRejectsEmpty = false;
    for (Condition condition : posted.matchers()) {
      if (!Names.isUtf8Name(condition.name())) {
        throw new BadRequestException(
            "invalid silence: invalid label name " + Names.quote(condition.name()));
      }
      if (!Names.isValidUtf8(condition.value())) {
        throw new BadRequestException("invalid silence: invalid label value");
      }
      try {
        Matcher matcher = Matchers.of(condition.name(), condition.op(), condition.value());
        anyRejectsEmpty |= !matcher.acceptsEmpty();
      } catch (IllegalArgumentException e) {
        throw new BadRequestException("invalid silence: " + e.getMessage());
      }
    }
    if (!anyRejectsEmpty) {
      throw new BadRequestException(
          "invalid silence: at least one matcher must not match the empty string");
    }
  }

  /// The API's way to say what a matcher does: `isRegex`, and `isEqual` (true where left out).
  public static Condition condition(String name, String value, boolean isRegex, boolean isEqual) {
    Matcher.Op op =
        isRegex
            ? (isEqual ? Matcher.Op.MATCHES : Matcher.Op.NOT_MATCHES)
            : (isEqual ? Matcher.Op.EQUALS : Matcher.Op.NOT_EQUALS);
    return new Condition(name, op, value);
  }

  /// The command that expires a silence.
  ///
  /// @return empty if it is not known: 404
  /// @throws BadRequestException if it has expired already
  public static Optional<Command> expire(StateView state, String id, long clockMs)
      throws BadRequestException {
    long nowMs = Math.max(clockMs, state.logTimeMs());
    Silence known = state.silences().get(id);
    if (known == null) {
      return Optional.empty();
    }
    if (known.stateAt(nowMs) == Silence.State.EXPIRED) {
      throw new BadRequestException("silence %s already expired".formatted(id));
    }
    return Optional.of(new SilenceExpire(id, known.version(), nowMs));
  }

  /// The silences that pass, active ones by their end, then pending ones by their start, then
  /// expired ones with the newest end first.
  ///
  /// @param matchers each must agree with one of the silence's matchers, as if it were an alert
  public static List<Silence> list(
      StateView state,
      List<Matcher> matchers,
      boolean active,
      boolean pending,
      boolean expired,
      long clockMs) {
    long nowMs = Math.max(clockMs, state.logTimeMs());
    List<Silence> activeOnes = new ArrayList<>();
    List<Silence> pendingOnes = new ArrayList<>();
    List<Silence> expiredOnes = new ArrayList<>();
    for (Silence silence : state.silences().values()) {
      if (!matchers.stream().allMatch(matcher -> passes(matcher, silence))) {
        continue;
      }
      switch (silence.stateAt(nowMs)) {
        case ACTIVE -> activeOnes.add(silence);
        case PENDING -> pendingOnes.add(silence);
        case EXPIRED -> expiredOnes.add(silence);
      }
    }
    activeOnes.sort(Comparator.comparingLong(Silence::endsMs));
    pendingOnes.sort(Comparator.comparingLong(Silence::startsMs));
    expiredOnes.sort(Comparator.comparingLong(Silence::endsMs).reversed());
    List<Silence> all = new ArrayList<>();
    all.addAll(active ? activeOnes : List.of());
    all.addAll(pending ? pendingOnes : List.of());
    all.addAll(expired ? expiredOnes : List.of());
    return all;
  }

  // Upstream reads the silence's matchers as if they were an alert's labels.
  private static boolean passes(Matcher matcher, Silence silence) {
    Optional<Condition> named =
        silence.matchers().stream().filter(c -> c.name().equals(matcher.name())).findFirst();
    return matcher.test(named.map(Condition::value).orElse(""));
  }
}
