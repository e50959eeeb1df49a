package io.trivigil.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The three nodes and the state of the links between them: whether a quorum could stand at a time.
/// Thread-safe: its own monitor guards the links and the gaps.
final class Fleet implements AutoCloseable {
  /// A time without a possible quorum; it ends when two linked nodes are ready again.
  record Gap(long fromMs, long toMs) {}

  private final List<Member> members;
  private final Journal journal;
  private final TreeSet<String> cuts = new TreeSet<>();
  private final TreeSet<String> isolated = new TreeSet<>();
  private final List<Gap> gaps = new ArrayList<>();
  private long lostMs = Wait.nowMs();
  private boolean lost = true;

  Fleet(List<Member> members, Journal journal) {
    this.members = List.copyOf(members);
    this.journal = journal;
  }

  List<Member> members() {
    return members;
  }

  Member member(String id) {
    return members.stream().filter(member -> member.id().equals(id)).findFirst().orElseThrow();
  }

  List<Member> others(Member member) {
    return members.stream().filter(other -> !other.id().equals(member.id())).toList();
  }

  void start() {
    members.forEach(member -> member.watch(this::changed));
  }

  synchronized void cut(String from, String to, boolean now) {
    String link = from + ">" + to;
    if (now ? cuts.add(link) : cuts.remove(link)) {
      changed();
    }
  }

  synchronized void isolate(String id, boolean now) {
    if (now ? isolated.add(id) : isolated.remove(id)) {
      changed();
    }
  }

  private boolean linked(Member a, Member b) {
    return !isolated.contains(a.id())
        && !isolated.contains(b.id())
        && !cuts.contains(a.id() + ">" + b.id())
        && !cuts.contains(b.id() + ">" + a.id());
  }

  /// Looks again whether a quorum can stand.
  synchronized void changed() {
    boolean now = pairs() > 0;
    if (now && lost) {
      lost = false;
      gaps.add(new Gap(lostMs, Wait.nowMs()));
      journal.say("a quorum can stand again");
    } else if (!now && !lost) {
      lost = true;
      lostMs = Wait.nowMs();
      journal.say("no quorum can stand");
    }
  }

  private int pairs() {
    int pairs = 0;
    for (int i = 0; i < members.size(); i++) {
      for (int j = i + 1; j < members.size(); j++) {
        Member a = members.get(i);
        Member b = members.get(j);
        if (a.sound() && b.sound() && linked(a, b)) {
          pairs++;
        }
      }
    }
    return pairs;
  }

  /// Whether all nodes are ready and all links whole.
  synchronized boolean calm() {
    return pairs() == 3;
  }

  /// The times without a possible quorum, the present one included.
  synchronized List<Gap> gaps() {
    List<Gap> all = new ArrayList<>(gaps);
    if (lost) {
      all.add(new Gap(lostMs, Long.MAX_VALUE));
    }
    return all;
  }

  /// Whether a quorum was out of the question at some time within `slackMs` of the span.
  boolean quorumWasLost(long fromMs, long toMs, long slackMs) {
    return gaps().stream().anyMatch(gap -> gap.fromMs() <= toMs && gap.toMs() >= fromMs - slackMs);
  }

  /// The leader of the newest term that a ready node knows of.
  Optional<Member> leader() {
    long newest = -1;
    Optional<Member> found = Optional.empty();
    for (Member member : members) {
      if (!member.sound()) {
        continue;
      }
      try {
        JsonNode seen =
            Http.parse(Http.get(member.url() + "/api/v1/cluster", Duration.ofSeconds(1)).body())
                .path("data");
        String leader = seen.path("leader").asText();
        if (seen.path("term").asLong() > newest && !leader.isEmpty()) {
          newest = seen.path("term").asLong();
          found = members.stream().filter(m -> m.id().equals(leader)).findFirst();
        }
      } catch (IOException notNow) {
        // Ask the next.
      }
    }
    return found;
  }

  boolean awaitCalm(Duration limit) {
    return Wait.until(limit, () -> calm() && leader().isPresent());
  }

  @Override
  public void close() {
    members.parallelStream().forEach(Member::retire);
  }
}
