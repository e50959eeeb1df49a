package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.QuorumNotice;
import io.trivigil.alertmanager.notify.NotificationRenderer;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Labels;
import io.trivigil.node.failopen.FailOpen;
import io.trivigil.node.failopen.MergeLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What must hold of nodes that may fail open: when they do, what they say, and what the leader
/// says afterwards. Knows the truth, which no node does.
final class LonelyWatch implements Watch.Alone {
  /// How often [#look] is to be called, ms.
  static final long LOOK_MS = 100;

  /// From hearing a quorum to knowing it: a step of failing open, a look of ours.
  private static final long HEARS_MS = 400;

  /// From having to fail open to doing so: a leader without a quorum leads on for a while.
  private static final long OPENS_MS = 3_000;

  /// From failing open to the notice at a receiver, where a lower id is left the word first.
  private static final long NOTICE_MS = 6_000;

  /// After a quorum is back, what was repeated has been.
  private static final long AFTERWARDS_MS = 8_000;

  /// From a condition's change to an alert that fires: a scrape, an evaluation, `for`, a commit.
  private static final long SEES_MS = 9_000;

  private static final Pattern ALERT = Pattern.compile("\"labels\":\\{([^}]*)\\}");
  private static final Pattern STATUS =
      Pattern.compile("\"status\":\"(firing|resolved)\",\"labels\":\\{([^}]*)\\}");
  private static final Pattern LABEL = Pattern.compile("\"([^\"]*)\":\"([^\"]*)\"");

  private final LonelyNight night;
  private final Watch watch;
  private final Map<String, Long> hearsSinceMs = new HashMap<>();
  private final Map<String, Long> deafSinceMs = new HashMap<>();
  private final TreeSet<String> blind = new TreeSet<>();
  private final Map<String, String> said = new TreeMap<>(); // once, in one time
  private final TreeSet<String> noticed = new TreeSet<>();
  private final TreeMap<String, Integer> counts = new TreeMap<>();
  private List<List<String>> groups = List.of();
  private boolean lost;
  private boolean stable;
  private final List<long[]> declared = new ArrayList<>(); // when what was said may be said again
  private final List<long[]> overtaken = new ArrayList<>(); // when a leader waits for nobody
  private final List<long[]> losses = new ArrayList<>(); // from and to
  private boolean othersGoOn; // in this time without a quorum, or without sight of it
  private boolean died; // somebody who may have told something
  private boolean repeats; // in this time without a quorum
  private long lostMs;

  LonelyWatch(LonelyNight night) {
    this.night = night;
    this.watch = night.watch();
  }

  /// How often what was seen.
  Map<String, Integer> counts() {
    return counts;
  }

  private void count(String what, int times) {
    counts.merge(what, times, Integer::sum);
  }

  private long nowMs() {
    return night.cluster().clock().millis();
  }

  /// From now on the nodes of each group hear each other, and no quorum.
  ///
  /// @param othersSpeak whether others speak meanwhile, or do not wait for what is said here
  void lost(List<List<String>> apart, boolean othersSpeak) {
    groups = apart;
    lost = true;
    stable = true;
    repeats = othersSpeak;
    othersGoOn = othersSpeak;
    lostMs = nowMs();
    said.clear();
    noticed.clear();
  }

  /// A node of these can not reach the targets either.
  void blind(String node) {
    blind.add(node);
  }

  /// A node that works alone dies.
  void dies() {
    stable = false;
    died = true;
    repeats = true;
  }

  boolean somebodyDied() {
    return died;
  }

  boolean anythingIsRepeated() {
    return !declared.isEmpty();
  }

  /// All is well again from now on.
  void regained() {
    look();
    long alone = nowMs() - lostMs - LonelyNight.AFTER.toMillis();
    for (List<String> group : groups) {
      String speaker = group.stream().sorted().findFirst().orElseThrow();
      if (stable && alone > OPENS_MS + NOTICE_MS && !noticed.contains(speaker)) {
        watch.violated("no notice: node=%s alone_ms=%d", speaker, alone);
      }
    }
    if (repeats) {
      declared.add(new long[] {lostMs, nowMs() + AFTERWARDS_MS});
    }
    if (othersGoOn) {
      overtaken.add(new long[] {lostMs, nowMs() + AFTERWARDS_MS});
    }
    losses.add(new long[] {lostMs, nowMs()});
    lost = false;
    blind.clear();
  }

  /// Looks at every node.
  void look() {
    for (String id : night.cluster().nodeIds()) {
      boolean there = night.cluster().responds(id) && night.node(id).isOpen();
      boolean hears = there && night.node(id).log().sight().msSinceQuorum() == 0;
      note(hearsSinceMs, id, hears);
      note(deafSinceMs, id, there && !hears);
      FailOpen.Status status = there ? night.node(id).failOpen() : null;
      boolean open = status != null && status.state() == FailOpen.State.FAIL_OPEN;
      if (open && since(hearsSinceMs, id) > HEARS_MS) {
        watch.violated("open though it hears a leader: node=%s", id);
      }
      if (open && lost && nowMs() - lostMs < LonelyNight.AFTER.toMillis()) {
        watch.violated("open too soon: node=%s ms=%d", id, nowMs() - lostMs);
      }
      boolean must = since(deafSinceMs, id) > LonelyNight.AFTER.toMillis() + OPENS_MS;
      if (lost && must && !open && night.node(id).machine().config().view().number() > 0) {
        watch.violated("does not open: node=%s ms=%d", id, since(deafSinceMs, id));
      }
      count("open", open ? 1 : 0);
      count("isolated", open && night.node(id).failOpen().isolated() ? 1 : 0);
    }
  }

  private void note(Map<String, Long> since, String id, boolean now) {
    if (now) {
      since.putIfAbsent(id, nowMs());
    } else {
      since.remove(id);
    }
  }

  private long since(Map<String, Long> since, String id) {
    return nowMs() - since.getOrDefault(id, nowMs());
  }

  @Override
  public boolean judge(Watch.Request now) {
    String node = now.node();
    if (since(hearsSinceMs, node) > HEARS_MS) {
      return false; // whoever hears a leader needs a committed try
    }
    if (watch.committed().contains(now.attempt().id())) {
      count("taken over", 1);
      return true; // decided under a leader; the bytes are compared
    }
    if (lost) {
      if (nowMs() - lostMs < LonelyNight.AFTER.toMillis()) {
        watch.violated("sent alone too soon: node=%s ms=%d", node, nowMs() - lostMs);
      }
      words(now);
    }
    return true;
  }

  private void words(Watch.Request now) {
    Attempt attempt = now.attempt();
    String text = text(attempt);
    if (!text.contains("\"" + NotificationRenderer.DEGRADED + "\":\"true\"")) {
      watch.violated("not marked as degraded: node=%s text=%s", now.node(), text);
    }
    if (stable && !speaks(now.node())) {
      watch.violated("not the lowest id speaks: node=%s groups=%s", now.node(), groups);
    }
    StateView log = night.node(now.node()).machine().alertmanager().view();
    // What was on its way when the quorum was lost may be given up alone, and told anew.
    boolean open =
        log.attempts().values().stream()
            .anyMatch(other -> other.destination().equals(attempt.destination()));
    Hashes logged =
        log.logEntry(attempt.destination())
            .filter(entry -> entry.certain() && !open)
            .map(LogEntry::firing)
            .orElse(Hashes.NONE);
    for (Labels alert : alerts(text)) {
      boolean notice = QuorumNotice.is(alert);
      if (notice) {
        noticed.add(now.node());
      } else if (blind.contains(now.node())) {
        watch.violated("told although its targets vanished: node=%s alert=%s", now.node(), alert);
      }
      if (logged.contains(Fingerprint.of(alert))) {
        watch.violated("told though it is in the log: node=%s alert=%s", now.node(), alert);
      }
      String key = now.node() + attempt.destination() + alert;
      String id = said.putIfAbsent(key, attempt.id());
      if (stable && id != null && !id.equals(attempt.id())) {
        watch.violated("said twice alone: node=%s alert=%s", now.node(), alert);
      }
      count(notice ? "notices" : "told", 1);
    }
  }

  /// What the log does not have enters it, unless a later scrape of the target came first: from
  /// another node that was alone, or from a leader in a time of which nobody knew.
  @Override
  public void leftOut(String node, String target, long slotMs, MergeLog.Left why) {
    Optional<Watch.Taken> later =
        watch.scrapes().stream()
            .filter(taken -> taken.target().equals(target) && taken.slotMs() >= slotMs)
            .findFirst();
    if (why != MergeLog.Left.IN_LOG || later.isEmpty()) {
      watch.violated(
          "left out of the log: node=%s target=%s slot_ms=%d why=%s", node, target, slotMs, why);
      return;
    }
    Watch.Taken first = later.get();
    if (first.slotMs() == slotMs) {
      count("left as known", 1);
    } else if (first.alone()) {
      count("left behind another", 1);
    } else if (overtaken.stream()
        .noneMatch(time -> time[0] <= first.takenMs() && first.takenMs() <= time[1])) {
      watch.violated(
          "left out of the log: node=%s target=%s slot_ms=%d behind=%s",
          node, target, slotMs, first);
    } else {
      count("left behind a leader", 1);
    }
  }

  /// The lowest id of those that see each other and their targets.
  private boolean speaks(String node) {
    return groups.stream()
        .filter(group -> group.contains(node))
        .flatMap(group -> group.stream().sorted().limit(blind.isEmpty() ? 1 : Long.MAX_VALUE))
        .anyMatch(node::equals);
  }

  private static List<Labels> alerts(String text) {
    List<Labels> alerts = new ArrayList<>();
    Matcher each = ALERT.matcher(text);
    while (each.find()) {
      alerts.add(labels(each.group(1)));
    }
    return alerts;
  }

  private static Labels labels(String text) {
    Labels.Builder labels = Labels.EMPTY.toBuilder();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      labels.set(label.group(1), label.group(2));
    }
    return labels.build();
  }

  /// At the end of the night.
  void account() {
    nobodyIsToldAgain();
    nobodyIsToldAnEndTooSoon();
    night
        .node("n1")
        .machine()
        .failOpen()
        .reports()
        .values()
        .forEach(
            report -> {
              count("reports", report.openedMs() > 0 ? 1 : 0);
              count("merged", (int) report.slots());
              count("left", (int) report.leftSlots());
            });
  }

  /// What was told alone and still fires is not told by a leader as if it were new.
  private void nobodyIsToldAgain() {
    Map<Destination, Hashes> told = new HashMap<>();
    Map<Destination, Long> flushMs = new HashMap<>();
    for (Watch.Request request : watch.requests()) {
      Attempt attempt = request.attempt();
      Hashes before = told.getOrDefault(attempt.destination(), Hashes.NONE);
      if (declared.stream()
          .anyMatch(time -> time[0] <= request.atMs() && request.atMs() <= time[1])) {
        told.remove(attempt.destination());
      } else if (request.alone()) {
        told.put(attempt.destination(), before.plus(attempt.firing()));
        flushMs.put(attempt.destination(), attempt.flushMs());
      } else {
        boolean news = !attempt.firing().isEmpty() && attempt.resolved().isEmpty();
        long passedMs = attempt.flushMs() - flushMs.getOrDefault(attempt.destination(), 0L);
        // What was decided before the loss is tried again: nobody knows whether it arrived.
        boolean decidedSince = passedMs >= 0;
        boolean same = before.equals(attempt.firing());
        if (news && same && decidedSince && passedMs < SimConfig.REPEAT_MS) {
          watch.violated("told again: by=%s attempt=%s", request.node(), attempt);
        }
        told.remove(attempt.destination());
      }
    }
  }

  /// No receiver hears that an alert is over whose condition has held since it heard of it.
  private void nobodyIsToldAnEndTooSoon() {
    Map<String, Long> toldMs = new HashMap<>();
    for (Watch.Request request : watch.requests()) {
      Destination destination = request.attempt().destination();
      Matcher each = STATUS.matcher(text(request.attempt()));
      while (each.find()) {
        Labels alert = labels(each.group(2));
        String key = destination + alert.toString();
        if (each.group(1).equals("firing")) {
          toldMs.put(key, request.atMs());
        } else if (toldMs.containsKey(key)) {
          // Decided then, though it may be told again later.
          long overMs = request.attempt().flushMs();
          long fromMs = Math.min(toldMs.get(key), seenMs(overMs) - SEES_MS);
          if (holds(alert, fromMs, overMs)) {
            watch.violated(
                "told as over: by=%s alert=%s over_ms=%d held_ms=%d",
                request.node(), alert, overMs, overMs - fromMs);
          }
          count("ends", 1);
        }
      }
    }
  }

  /// The newest time that who decided then could know of: before a loss that ended just now.
  private long seenMs(long decidedMs) {
    return losses.stream()
        .filter(loss -> loss[0] <= decidedMs && decidedMs <= loss[1] + SEES_MS)
        .mapToLong(loss -> loss[0])
        .min()
        .orElse(decidedMs);
  }

  private boolean holds(Labels alert, long fromMs, long toMs) {
    String condition = String.valueOf(alert.get("alertname")).toLowerCase(Locale.ROOT);
    return night.world().held(condition, String.valueOf(alert.get("instance")), fromMs, toMs);
  }

  private static String text(Attempt attempt) {
    return new String(attempt.payload().body(), StandardCharsets.UTF_8);
  }
}
