package io.trivigil.web.warmup;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Decides when a node may practise, and when it has practised enough. It has no clock: it is told
/// what there is to see before each step. Confined to one thread.
///
/// Practice goes in rounds. Before each the node sits still for a moment: while it uses more than
/// some of its processors without being asked anything, be it for samples that come in or for the
/// compilers that work off the last round, the next round waits. All processor time of the process
/// counts against the limit from the begin of a round until the node sits still; what it uses when
/// it has not done so for long is something else.
///
/// It also waits, and breaks a round off, while others use much of the machine's processors, or
/// while its own timer wakes late: heartbeats would be late as well, and practice is not worth an
/// election. Nodes that share a machine see each other so, and practise one after another: like
/// stations on one wire each looks first, for a time that chance decides, and for longer after each
/// failure.
final class WarmUpPace {
  private final WarmUpLimits limits;
  private final int processors;
  private final RandomGenerator random;
  private boolean begun; // the node was ready once
  private long readyNanos;
  private long questions; // of clients, at the last sight
  private long clientNanos; // when the last of them was seen
  private boolean clientSeen;
  private Phase phase = Phase.PAUSE;
  private long markNanos; // since when is measured, as are the next two
  private long markCpuNanos;
  private long markMachineNanos;
  private long dueNanos; // when the look is to end
  private long lookNanos; // how long it is at least
  private long chargedCpuNanos; // up to where it is counted
  private long spentNanos;
  private long roundNanos; // spent when the round began
  private long roundCompilerNanos; // used by the compilers then
  private int idle; // rounds in a row in which the compilers had little to do
  private boolean asked; // a round that may be judged
  private boolean counts; // what the process uses

  private enum Phase {
    PAUSE,
    /// A round is over.
    REST,
    /// Nothing is asked, to see how busy the node is without.
    LOOK,
    ROUND
  }

  /// What there is to see.
  ///
  /// @param nanos now, by the ticker
  /// @param cpuNanos what this process has used of processors
  /// @param machineNanos what all of the machine has used of them; cpuNanos where nobody knows
  /// @param compilerNanos what its compilers have used of that, about
  /// @param ready whether the node has caught up
  /// @param clientQueries how many queries of clients have begun
  /// @param clientsWait whether one of them is not answered yet
  record Sight(
      long nanos,
      long cpuNanos,
      long machineNanos,
      long compilerNanos,
      boolean ready,
      long clientQueries,
      boolean clientsWait) {}

  /// What to do next.
  sealed interface Step {
    /// Go on with the round.
    record Ask() implements Step {}

    /// Ask nothing for so long.
    record Wait(Duration time) implements Step {}

    /// It is enough.
    record End(Reason reason) implements Step {}
  }

  /// Why it ended.
  enum Reason {
    /// The compilers had little to do in the last rounds.
    WARM,
    /// The processor time is used up.
    CPU,
    /// The node or its machine was too busy for too long.
    TIME
  }

  /// @param processors those of the machine
  WarmUpPace(WarmUpLimits limits, int processors, RandomGenerator random) {
    this.limits = limits;
    this.processors = processors;
    this.random = random;
    this.lookNanos = limits.look().toNanos();
  }

  /// What to do now.
  Step next(Sight sight) {
    if (sight.ready() && !begun) {
      begun = true;
      readyNanos = sight.nanos();
      questions = sight.clientQueries();
    }
    if (counts) {
      spentNanos += sight.cpuNanos() - chargedCpuNanos;
    }
    chargedCpuNanos = sight.cpuNanos();
    if (begun && sight.nanos() - readyNanos >= limits.time().toNanos()) {
      return new Step.End(Reason.TIME);
    }
    if (spentNanos >= limits.cpu().toNanos()) {
      return new Step.End(Reason.CPU);
    }
    if (!sight.ready() || disturbed(sight)) {
      phase = Phase.PAUSE;
      asked = false; // what is left of the round is no measure of it
      counts = false;
      return new Step.Wait(limits.quiet());
    }
    return switch (phase) {
      case PAUSE, REST -> look(sight);
      case LOOK -> afterLook(sight);
      case ROUND -> inRound(sight);
    };
  }

  /// A client asks, or has just asked.
  private boolean disturbed(Sight sight) {
    if (sight.clientsWait() || sight.clientQueries() != questions) {
      questions = sight.clientQueries();
      clientSeen = true;
      clientNanos = sight.nanos();
    }
    return clientSeen && sight.nanos() - clientNanos < limits.quiet().toNanos();
  }

  private Step look(Sight sight) {
    phase = Phase.LOOK;
    mark(sight);
    long nanos = lookNanos + random.nextLong(lookNanos);
    dueNanos = sight.nanos() + nanos;
    return new Step.Wait(Duration.ofNanos(nanos));
  }

  private void mark(Sight sight) {
    markNanos = sight.nanos();
    markCpuNanos = sight.cpuNanos();
    markMachineNanos = sight.machineNanos();
  }

  private Step afterLook(Sight sight) {
    double elapsed = Math.max(1, sight.nanos() - markNanos);
    boolean late = sight.nanos() - dueNanos >= limits.late().toNanos();
    if (late
        || (sight.cpuNanos() - markCpuNanos) / elapsed >= limits.busyCores()
        || othersAreBusy(sight)) {
      return lookLonger(sight);
    }
    if (asked && isWarm(sight)) {
      return new Step.End(Reason.WARM);
    }
    phase = Phase.ROUND;
    asked = true;
    counts = true;
    roundNanos = spentNanos;
    roundCompilerNanos = sight.compilerNanos();
    mark(sight);
    return new Step.Ask();
  }

  private Step lookLonger(Sight sight) {
    lookNanos = Math.min(2 * lookNanos, limits.longestLook().toNanos());
    counts &= lookNanos < limits.longestLook().toNanos();
    return look(sight);
  }

  /// Whether the rest of the machine was, since the mark.
  private boolean othersAreBusy(Sight sight) {
    if (limits.othersShare() >= 1) {
      return false;
    }
    double elapsed = Math.max(1, sight.nanos() - markNanos);
    long others = sight.machineNanos() - markMachineNanos - (sight.cpuNanos() - markCpuNanos);
    return others / elapsed >= processors * limits.othersShare();
  }

  private Step inRound(Sight sight) {
    if (sight.nanos() - markNanos >= limits.look().toNanos()) {
      if (othersAreBusy(sight)) {
        asked = false; // what is left of the round is no measure of it
        return lookLonger(sight);
      }
      mark(sight);
    }
    return new Step.Ask();
  }

  /// Judges the round that is over, and what the compilers made of it meanwhile.
  private boolean isWarm(Sight sight) {
    long compiled = sight.compilerNanos() - roundCompilerNanos;
    idle = compiled < (spentNanos - roundNanos) * limits.compiling() ? idle + 1 : 0;
    return idle >= limits.idleRounds();
  }

  /// Everything was asked that this round was for.
  void roundEnds() {
    if (phase == Phase.ROUND) {
      phase = Phase.REST;
      lookNanos = limits.look().toNanos();
    }
  }

  /// Processor time that was counted so far.
  Duration spent() {
    return Duration.ofNanos(spentNanos);
  }
}
