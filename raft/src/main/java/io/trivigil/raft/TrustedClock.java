package io.trivigil.raft;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The time that a node dates things with: its own wall clock, as long as the cluster's clocks bear
/// it out.
///
/// One entry that is dated an hour ahead would move the log's time on by an hour for all nodes:
/// timers fire early, and then nothing is due until the hour has passed. So a wall clock that is
/// suddenly elsewhere is not followed at once. From then on time runs on by the ticker, until
/// - a majority of the nodes' wall clocks, this one's included, says what time it is: the median of
///   them is the target, so that one clock that is off counts for nothing, and if all machines were
///   set right together, all follow;
/// - or [#HOLD_MS] have passed in which no majority could be asked (a cluster of one, or a node
///   that is cut off): then the wall clock is believed.
///
/// Steps of up to [#LIMIT_MS] are followed at once, and a clock within that of the median is left
/// alone. Thread-safe: its monitor guards all of it.
public final class TrustedClock implements InstantSource {
  /// A step, or a distance from the median, that is taken for an error, ms.
  public static final long LIMIT_MS = 500;

  /// For how long a wall clock that stepped is not believed where nobody can be asked, ms.
  public static final long HOLD_MS = 60_000;

  private static final long UNDECIDED = Long.MIN_VALUE;
  private static final Logger LOG = LoggerFactory.getLogger(TrustedClock.class);

  private final InstantSource wall;
  private final LongSupplier nanoTicker;
  private long anchorMs;
  private long anchorNanos;
  private long correctionMs; // of the wall clock, as the majority says; 0 within the limit
  private long heldSinceNanos;
  private boolean held;
  private long steps;

  /// @param wall this machine's clock
  /// @param nanoTicker elapsed time, ns
  public TrustedClock(InstantSource wall, LongSupplier nanoTicker) {
    this.wall = wall;
    this.nanoTicker = nanoTicker;
    this.anchorMs = wall.millis();
    this.anchorNanos = nanoTicker.getAsLong();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public synchronized long millis() {
    long nanos = nanoTicker.getAsLong();
    long lineMs = anchorMs + (nanos - anchorNanos) / 1_000_000;
    long targetMs = wall.millis() + correctionMs;
    if (Math.abs(targetMs - lineMs) <= LIMIT_MS) {
      held = false;
      return anchor(targetMs, nanos);
    }
    if (!held) {
      held = true;
      heldSinceNanos = nanos;
      LOG.warn("wall clock stepped, it is not followed yet step_ms={}", targetMs - lineMs);
    } else if ((nanos - heldSinceNanos) / 1_000_000 >= HOLD_MS) {
      return follow(targetMs, lineMs, nanos, "nobody could be asked");
    }
    return lineMs;
  }

  /// Tells what the wall clocks of other nodes show right now, as far as they were heard of lately.
  ///
  /// @param peersMs their clocks, epoch ms
  /// @param voters how many nodes the cluster has, this one included
  public synchronized void peers(List<Long> peersMs, int voters) {
    if (peersMs.isEmpty() || 2 * (peersMs.size() + 1) <= voters) {
      return; // no majority: what was known of the others still holds
    }
    long nanos = nanoTicker.getAsLong();
    long wallMs = wall.millis();
    long lineMs = anchorMs + (nanos - anchorNanos) / 1_000_000;
    long medianMs =
        peersMs.size() == 1 ? ofTwo(peersMs.getFirst(), wallMs, lineMs) : median(peersMs, wallMs);
    if (medianMs == UNDECIDED) {
      return;
    }
    correctionMs = Math.abs(medianMs - wallMs) > LIMIT_MS ? medianMs - wallMs : 0;
    long targetMs = wallMs + correctionMs;
    if (Math.abs(targetMs - lineMs) > LIMIT_MS) {
      follow(targetMs, lineMs, nanos, "a majority of clocks says so");
    }
  }

  /// Of two clocks nobody can say which one is off, unless time as it ran on bears one of them out.
  private static long ofTwo(long peerMs, long wallMs, long lineMs) {
    if (Math.abs(peerMs - wallMs) <= LIMIT_MS || Math.abs(wallMs - lineMs) <= LIMIT_MS) {
      return wallMs;
    }
    return Math.abs(peerMs - lineMs) <= LIMIT_MS ? peerMs : UNDECIDED;
  }

  /// The median of this clock and the others; of an even number, the one nearer to this clock.
  private static long median(List<Long> peersMs, long wallMs) {
    List<Long> all = new ArrayList<>(peersMs);
    all.add(wallMs);
    all.sort(null);
    long high = all.get(all.size() / 2);
    if (all.size() % 2 == 1) {
      return high;
    }
    long low = all.get(all.size() / 2 - 1);
    return Math.abs(low - wallMs) <= Math.abs(high - wallMs) ? low : high;
  }

  private long follow(long targetMs, long lineMs, long nanos, String why) {
    LOG.warn("time is set step_ms={} because {}", targetMs - lineMs, why);
    held = false;
    steps++;
    return anchor(targetMs, nanos);
  }

  private long anchor(long ms, long nanos) {
    anchorMs = ms;
    anchorNanos = nanos;
    return ms;
  }

  /// How far this machine's wall clock is ahead of what the majority says, ms; 0 within the limit.
  public synchronized long wallAheadMs() {
    return -correctionMs;
  }

  /// How often the time was set, since the start.
  public synchronized long steps() {
    return steps;
  }

  /// The machine's own clock behind a clock that may be a trusted one.
  public static InstantSource wallOf(InstantSource clock) {
    return clock instanceof TrustedClock trusted ? trusted.wall : clock;
  }
}
