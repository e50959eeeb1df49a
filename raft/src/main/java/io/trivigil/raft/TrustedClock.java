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
/// alone.
///
/// A node that starts has no time that ran on, and its machine may have been set wrong meanwhile.
/// So its clock counts as borne out only once a majority was asked, or after [#HOLD_MS]; until then
/// it dates nothing and begins no leader's work ([#whenBorneOut]). If only two clocks can be asked
/// then, and they differ, the earlier is taken unless the log's own time is past it: time that was
/// dated too early can be moved on, time that was dated too late never comes back.
///
/// Thread-safe: its monitor guards all of it; nobody is called under it.
public final class TrustedClock implements InstantSource {
  /// A step, or a distance from the median, that is taken for an error, ms.
  public static final long LIMIT_MS = 500;

  /// For how long a wall clock that stepped is not believed where nobody can be asked, ms.
  public static final long HOLD_MS = 60_000;

  private static final long UNDECIDED = Long.MIN_VALUE;
  private static final Logger LOG = LoggerFactory.getLogger(TrustedClock.class);

  private final InstantSource wall;
  private final LongSupplier nanoTicker;
  private final long startNanos;
  private long anchorMs;
  private long anchorNanos;
  private long correctionMs; // of the wall clock, as the majority says; 0 within the limit
  private long heldSinceNanos;
  private boolean held;
  private long steps;
  private boolean borneOut;
  private boolean agreed; // a majority once said the same, so that time ran on from there
  private List<Runnable> waiting = new ArrayList<>(); // for that

  /// @param wall this machine's clock
  /// @param nanoTicker elapsed time, ns
  public TrustedClock(InstantSource wall, LongSupplier nanoTicker) {
    this.wall = wall;
    this.nanoTicker = nanoTicker;
    this.anchorMs = wall.millis();
    this.anchorNanos = nanoTicker.getAsLong();
    this.startNanos = anchorNanos;
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
  /// Said again and again, also where none was heard: time may have run out.
  ///
  /// @param peersMs their clocks, epoch ms
  /// @param voters how many nodes the cluster has, this one included
  /// @param logTimeMs the log's time as far as this node knows it, epoch ms; 0 if there is none
  public void peers(List<Long> peersMs, int voters, long logTimeMs) {
    List<Runnable> due;
    synchronized (this) {
      boolean majority = 2 * (peersMs.size() + 1) > voters;
      if (majority && !peersMs.isEmpty()) {
        compare(peersMs, logTimeMs);
      } // else what was known of the others still holds
      long sinceStartMs = (nanoTicker.getAsLong() - startNanos) / 1_000_000;
      if (!borneOut && !majority && sinceStartMs < HOLD_MS) {
        return;
      }
      borneOut = true;
      due = waiting;
      waiting = List.of();
    }
    due.forEach(Runnable::run);
  }

  private void compare(List<Long> peersMs, long logTimeMs) {
    long nanos = nanoTicker.getAsLong();
    long wallMs = wall.millis();
    long lineMs = anchorMs + (nanos - anchorNanos) / 1_000_000;
    long medianMs =
        peersMs.size() > 1
            ? median(peersMs, wallMs)
            : ofTwo(peersMs.getFirst(), wallMs, lineMs, logTimeMs);
    if (medianMs == UNDECIDED) {
      return;
    }
    correctionMs = Math.abs(medianMs - wallMs) > LIMIT_MS ? medianMs - wallMs : 0;
    long targetMs = wallMs + correctionMs;
    if (Math.abs(targetMs - lineMs) > LIMIT_MS) {
      String why = agreed ? "a majority of clocks says so" : "of two clocks it does less harm";
      follow(targetMs, lineMs, nanos, why);
    }
  }

  /// Of two clocks nobody can say which one is off, unless time as it ran on bears one of them out.
  /// If it did not, because no two ever agreed, the one that does less harm is taken.
  private long ofTwo(long peerMs, long wallMs, long lineMs, long logTimeMs) {
    if (Math.abs(peerMs - wallMs) <= LIMIT_MS) {
      agreed = true;
      return wallMs;
    }
    if (!agreed) {
      long earlierMs = Math.min(peerMs, wallMs);
      return earlierMs >= logTimeMs - LIMIT_MS ? earlierMs : Math.max(peerMs, wallMs);
    }
    if (Math.abs(wallMs - lineMs) <= LIMIT_MS) {
      return wallMs;
    }
    return Math.abs(peerMs - lineMs) <= LIMIT_MS ? peerMs : UNDECIDED;
  }

  /// The median of this clock and the others; of an even number, the one nearer to this clock.
  private long median(List<Long> peersMs, long wallMs) {
    agreed = true;
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

  /// Whether a clock may date entries: it is not a trusted one, or was borne out.
  public static boolean isBorneOut(InstantSource clock) {
    if (!(clock instanceof TrustedClock trusted)) {
      return true;
    }
    synchronized (trusted) {
      return trusted.borneOut;
    }
  }

  /// Runs something once that clock may date entries: now, or on the thread that tells what the
  /// peers' clocks show.
  public static void whenBorneOut(InstantSource clock, Runnable task) {
    if (clock instanceof TrustedClock trusted) {
      synchronized (trusted) {
        if (!trusted.borneOut) {
          trusted.waiting.add(task);
          return;
        }
      }
    }
    task.run();
  }

  /// The machine's own clock behind a clock that may be a trusted one.
  public static InstantSource wallOf(InstantSource clock) {
    return clock instanceof TrustedClock trusted ? trusted.wall : clock;
  }
}
