package io.trivigil.chaos;

import io.trivigil.lab.Stalls;
import java.util.ArrayList;
import java.util.List;

/// Compares what was due with what the receivers got, once a run is over. Confined to one thread.
final class NoticeAccount {
  /// Everything between an alarm and its notification, each wait at its longest.
  private static final long FIRING_MS =
      Config.SCRAPE_MS + 2 * Config.EVALUATION_MS + Config.HOLD_MS + Config.GROUP_WAIT_MS;

  private static final long RESOLVED_MS =
      Config.SCRAPE_MS + Config.EVALUATION_MS + Config.GROUP_INTERVAL_MS;

  /// What struck so shortly before an event may still be felt: a new leader takes its time.
  private static final long FELT_MS = 2_000;

  /// How long a successor waits for a sender that died in between: a request and its margin.
  private static final long LEASE_MS = 11_000;

  /// Tells how an alarm went through the nodes from a time on, for whoever looks for a delay.
  interface Trail {
    String of(Alarms.Alarm alarm, long fromMs, long toMs);
  }

  private final Journal journal;
  private final List<Fleet.Gap> gaps;
  private final long failoverMs;
  private final Stalls stalls;
  private final Trail trail;
  int due;
  int delivered;
  int missing;
  int doubledInside;
  int doubledOutside;
  int changed;
  int early;
  int late;
  final List<Long> latenciesMs = new ArrayList<>();
  final List<Long> undisturbedMs = new ArrayList<>();

  /// @param gaps the times without a possible quorum
  /// @param failoverMs how long a hole may be that is not looked for elsewhere
  /// @param stalls what the machine did for others, which is nobody's delay
  NoticeAccount(
      Journal journal, List<Fleet.Gap> gaps, long failoverMs, Stalls stalls, Trail trail) {
    this.journal = journal;
    this.gaps = gaps;
    this.failoverMs = failoverMs;
    this.stalls = stalls;
    this.trail = trail;
  }

  void count(List<Alarms.Alarm> alarms) {
    for (Alarms.Alarm alarm : alarms) {
      for (String receiver : Alarms.RECEIVERS) {
        due(alarm, alarm.raisedMs, alarm.deliveries(receiver, true), receiver + " firing");
        List<Delivery> ends = alarm.deliveries(receiver, false);
        if (alarm.loweredMs() > 0) {
          due(alarm, alarm.loweredMs(), ends, receiver + " resolved");
        } else {
          ends.forEach(end -> early(alarm, end));
        }
      }
    }
  }

  private void due(Alarms.Alarm alarm, long dueMs, List<Delivery> got, String what) {
    due++;
    List<Delivery> taken = got.stream().filter(Delivery::taken).toList();
    if (taken.isEmpty()) {
      missing++;
      journal.wrong(dueMs, "missing: %s %s".formatted(alarm.id, what));
      return;
    }
    delivered++;
    Delivery first = got.getFirst();
    if (first.atMs() < dueMs) {
      early(alarm, first);
    }
    latency(alarm, dueMs, first, what);
    for (int i = 0; i < got.size(); i++) {
      Delivery now = got.get(i);
      for (Delivery before : got.subList(0, i)) {
        if (before.key().equals(now.key()) && before.hash() != now.hash()) {
          changed++;
          journal.wrong(
              now.atMs(), "other bytes under the same id: %s and %s".formatted(before, now));
        }
      }
      if (i > 0 && now.taken() && got.subList(0, i).stream().anyMatch(Delivery::taken)) {
        again(alarm, got.get(i - 1), now, what);
      }
    }
  }

  /// Delivered again: declared if the answer was lost or the sender died, paused or was deposed.
  private void again(Alarms.Alarm alarm, Delivery before, Delivery now, String what) {
    boolean lost =
        before.answer() == Delivery.Answer.HUNG || before.answer() == Delivery.Answer.REFUSED;
    boolean struck =
        journal.faults(before.atMs() - 1_000, now.atMs()).stream()
            .anyMatch(fault -> fault.where.isEmpty() || concerns(fault, before.sender()));
    boolean same = before.key().equals(now.key());
    boolean deposed = !before.sender().equals(now.sender());
    if (same && (lost || struck || deposed)) {
      doubledInside++;
    } else {
      doubledOutside++;
      journal.wrong(
          now.atMs(),
          "doubled: %s %s, %s and %s, faults %s"
              .formatted(
                  alarm.id,
                  what,
                  tell(before),
                  tell(now),
                  journal.faults(before.atMs() - 1_000, now.atMs())));
    }
  }

  private String tell(Delivery delivery) {
    return "%s at %s by %s as %s"
        .formatted(
            delivery.answer(), journal.at(delivery.atMs()), delivery.sender(), delivery.key());
  }

  private static boolean concerns(Journal.Fault fault, String sender) {
    // On loopback nobody can say who sent it.
    return sender.equals("127.0.0.1")
        || fault.where.contains("n" + sender.substring(sender.length() - 1));
  }

  private void early(Alarms.Alarm alarm, Delivery delivery) {
    early++;
    journal.wrong(
        delivery.atMs(), "told before it was due: %s %s".formatted(alarm.id, tell(delivery)));
  }

  /// Whether the receiver itself kept the sender waiting shortly before.
  private static boolean unwell(Alarms.Alarm alarm, Delivery first) {
    return alarm.deliveries(first.receiver(), true).stream()
        .anyMatch(d -> d.answer() != Delivery.Answer.TAKEN);
  }

  private void latency(Alarms.Alarm alarm, long dueMs, Delivery first, String what) {
    long withoutQuorumMs = 0;
    for (Fleet.Gap gap : gaps) {
      long fromMs = Math.max(dueMs, gap.fromMs());
      long toMs = Math.min(first.atMs(), gap.toMs());
      withoutQuorumMs += Math.max(0, toMs - fromMs);
    }
    long latencyMs = first.atMs() - dueMs - withoutQuorumMs;
    latenciesMs.add(latencyMs);
    List<Journal.Fault> faults = journal.faults(dueMs - FELT_MS, first.atMs());
    if (faults.isEmpty() && withoutQuorumMs == 0) {
      undisturbedMs.add(latencyMs);
    }
    long boundMs =
        (first.firing() ? FIRING_MS : RESOLVED_MS)
            + failoverMs * (1 + faults.size())
            + (faults.isEmpty() && !unwell(alarm, first) ? 0 : LEASE_MS);
    if (latencyMs - stalls.within(dueMs, first.atMs()) > boundMs) {
      late++;
      journal.wrong(
          first.atMs(),
          "late: %s %s after %d ms (%d of them without a quorum), faults %s; %s"
              .formatted(
                  alarm.id,
                  what,
                  first.atMs() - dueMs,
                  withoutQuorumMs,
                  faults,
                  trail.of(alarm, dueMs, first.atMs())));
    }
  }
}
