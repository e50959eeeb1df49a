package io.trivigil.node;

import io.trivigil.config.version.FeatureLevel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's work of letting series that are gone leave memory: proposes from time to time that
/// those without a sample for long are retired, so that they are on all nodes at an equal index.
/// Called by the leadership's thread alone.
///
/// Who leads anew waits for as long before it retires anything; and so does the leader when the
/// newest sample jumps, since after an outage all series look as if they were gone.
final class SeriesRetirement extends PeriodicWork {
  /// Series that one command retires at the most: so many rows, and so much work in `apply`.
  static final int MOST_AT_ONCE = 50_000;

  private static final Duration NEVER = Duration.ZERO;
  private static final Duration LONGEST_PERIOD = Duration.ofMinutes(1);
  private static final int TURNS_WITHIN = 8; // in the time after which a series is retired
  private static final Logger LOG = LoggerFactory.getLogger(SeriesRetirement.class);

  private final long afterMs;
  private final NodeMachine machine;
  private final Proposals proposals;
  private final InstantSource clock;

  private long term = -1;
  private long newestMs;
  private long steadyFromMs; // since then the newest sample has not jumped

  /// @param after how long after its last sample a series leaves memory; zero for never
  SeriesRetirement(Duration after, NodeMachine machine, Proposals proposals, InstantSource clock) {
    super("retirement", period(after), period(after));
    this.afterMs = after.toMillis();
    this.machine = machine;
    this.proposals = proposals;
    this.clock = clock;
  }

  private static Duration period(Duration after) {
    Duration part = after.dividedBy(TURNS_WITHIN);
    return !after.equals(NEVER) && part.compareTo(LONGEST_PERIOD) < 0 ? part : LONGEST_PERIOD;
  }

  @Override
  void turn(long ofTerm) {
    wanted(ofTerm)
        .ifPresent(
            command -> {
              var _ =
                  proposals
                      .writeAsLeader(ofTerm, command)
                      .thenAccept(
                          outcome -> {
                            if (outcome instanceof WriteOutcome.Unavailable(String reason)) {
                              LOG.debug("series not retired reason={}", reason);
                            }
                          });
            });
  }

  /// What is to be proposed now; empty while it is not known who is gone, or some member would not
  /// know the command.
  Optional<WriteCommand.Retire> wanted(long ofTerm) {
    OptionalLong newest = machine.storage().newestMs();
    if (afterMs == NEVER.toMillis()
        || newest.isEmpty()
        || !machine.config().view().has(FeatureLevel.FOUR)) {
      return Optional.empty();
    }
    long nowMs = Math.min(newest.getAsLong(), clock.millis()); // some samples are ahead of all
    if (ofTerm != term || nowMs - newestMs > afterMs / 2) {
      term = ofTerm;
      steadyFromMs = nowMs;
    }
    newestMs = nowMs;
    long goneMs = Math.max(afterMs, machine.storeRules().windowMs());
    return nowMs - steadyFromMs < goneMs
        ? Optional.empty()
        : Optional.of(new WriteCommand.Retire(nowMs - goneMs, MOST_AT_ONCE));
  }
}
