package io.trivigil.web.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One step of a drill.
///
/// @param kind what is done
/// @param to who is to lead afterwards, for a transfer; empty for any other kind, which hits the
///   leader of that moment
public record Step(Kind kind, String to) {
  /// What can be done, the mildest first.
  public enum Kind {
    /// Leadership is handed over, and back again.
    TRANSFER,
    /// The leader's process is asked to quit; its supervisor starts it again.
    RESTART,
    /// The leader's process is stopped for a while (SIGSTOP) and goes on.
    PAUSE,
    /// The leader's process is killed (SIGKILL); its supervisor starts it again.
    KILL;

    /// The name as it is written on the command line.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the process has to be on this machine.
    public boolean local() {
      return this == PAUSE || this == KILL;
    }
  }

  /// The steps for these kinds, the mildest first.
  ///
  /// @param leader who leads now
  /// @param members all ids
  public static List<Step> plan(Set<Kind> kinds, String leader, List<String> members) {
    List<Step> steps = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (!kinds.contains(kind)) {
        continue;
      }
      if (kind == Kind.TRANSFER) {
        members.stream()
            .filter(id -> !id.equals(leader))
            .sorted()
            .findFirst()
            .ifPresent(heir -> steps.add(new Step(kind, heir)));
        steps.add(new Step(kind, leader));
      } else {
        steps.add(new Step(kind, ""));
      }
    }
    return List.copyOf(steps);
  }

  /// What it does, for people.
  public String says() {
    return switch (kind) {
      case TRANSFER -> "hand leadership to " + to;
      case RESTART -> "restart the leader's process gracefully";
      case PAUSE -> "stop the leader's process for a while, and let it go on";
      case KILL -> "kill the leader's process";
    };
  }
}
