package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.StateMachine.Position;
import io.trivigil.raft.ratis.LogFiles.Damage;
import io.trivigil.raft.ratis.LogFiles.Segment;
import io.trivigil.raft.ratis.LogFiles.Stored;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real log files, damaged in every way that we know of.
class RepairTest {
  private static final int COMMAND_BYTES = 100 << 10;

  private static void fill(Cluster cluster, String node, int from, int to) throws Exception {
    for (int i = from; i <= to; i++) {
      byte[] command = RatisLogTest.padded("fill=" + i, COMMAND_BYTES);
      assertThat(cluster.log(node).propose(command).get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Applied.class);
    }
  }

  private static Path logDirectory(Cluster cluster, String node) {
    return cluster.directory(node).resolve("log");
  }

  private static Path current(Cluster cluster, String node) throws IOException {
    try (var all = Files.walk(logDirectory(cluster, node).resolve("raft"), 2)) {
      return all.filter(p -> p.endsWith("current")).findFirst().orElseThrow();
    }
  }

  private static Segment open(Path current) throws IOException {
    return LogFiles.segments(current).getLast();
  }

  private static List<Stored> entries(Segment segment) throws IOException {
    List<Stored> all = new ArrayList<>();
    assertThat(LogFiles.scan(segment, all::add).damage()).isNull();
    return all;
  }

  /// Turns one bit in the middle of an entry.
  private static Stored flip(Segment segment) throws IOException {
    List<Stored> all = entries(segment);
    Stored victim = all.get(all.size() / 2);
    try (RandomAccessFile file = new RandomAccessFile(segment.file().toFile(), "rw")) {
      long at = victim.offset() + victim.length() / 2;
      file.seek(at);
      int was = file.read();
      file.seek(at);
      file.write(was ^ 0x10);
    }
    return victim;
  }

  private static String incarnation(Cluster cluster, String node) throws IOException {
    return Identity.read(logDirectory(cluster, node)).orElseThrow().peerId();
  }

  @Test
  void whatLiesInTheLogIsRead(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "show", 1)) {
      cluster.start("n1");
      cluster.leader();
      long index = cluster.propose("n1", "a", 1).index();
      cluster.stop("n1");
      List<Stored> all = new ArrayList<>();
      assertThat(LogFiles.read(logDirectory(cluster, "n1"), all::add)).isEmpty();
      Stored found = all.stream().filter(e -> e.index() == index).findFirst().orElseThrow();
      assertThat(found.kind()).isEqualTo("commands");
      assertThat(new String(found.commands().getFirst(), StandardCharsets.UTF_8)).isEqualTo("a=1");
      assertThat(found.proposedMs()).isPositive();
    }
  }

  @Test
  void aFollowerWithADamagedLogSetsItAsideAndComesBackAsAnother(@TempDir Path root)
      throws Exception {
    try (Cluster cluster = new Cluster(root, "flip", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      String victim = cluster.others(leader).getFirst();
      fill(cluster, leader, 1, 6);
      Cluster.await("applied", () -> cluster.machine(victim).get("fill") == 6);
      String before = incarnation(cluster, victim);
      cluster.stop(victim);
      Stored damaged = flip(open(current(cluster, victim)));

      Optional<Damage> found = LogFiles.check(current(cluster, victim));
      assertThat(found.orElseThrow().toString())
          .contains(damaged.file().toString())
          .contains("offset=%d index=%d".formatted(damaged.offset(), damaged.index()))
          .contains("checksum mismatch");
      assertThat(found.get().torn()).isFalse();

      cluster.start(victim);
      assertThat(incarnation(cluster, victim)).isNotEqualTo(before);
      assertThat(logDirectory(cluster, victim).resolve("damaged-log-1")).isDirectory();
      Cluster.await("a vote", () -> cluster.status(victim).role() == LogStatus.Role.FOLLOWER);
      Cluster.await("all data", () -> cluster.machine(victim).get("fill") == 6);
      cluster.propose(victim, "a", 1);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void withoutAQuorumOfOthersNothingIsChanged(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "alone", 1)) {
      cluster.start("n1");
      cluster.leader();
      fill(cluster, "n1", 1, 4);
      cluster.stop("n1");
      String before = incarnation(cluster, "n1");
      Stored damaged = flip(open(current(cluster, "n1")));
      assertThatThrownBy(() -> cluster.start("n1"))
          .isInstanceOf(LogHaltedException.class)
          .hasMessageContaining("there is no peer to repair it from")
          .hasMessageContaining("offset=%d index=%d".formatted(damaged.offset(), damaged.index()))
          .hasMessageContaining("trivigil log show");
      assertThat(incarnation(cluster, "n1")).isEqualTo(before);
      assertThat(damaged.file()).exists();

      // The same node as one of three, whose others are away.
      RatisConfig trio =
          RatisConfig.of(
              "alone",
              "n1",
              List.of(
                  cluster.peers.getFirst(),
                  new RatisConfig.Peer("n2", "127.0.0.1", 1),
                  new RatisConfig.Peer("n3", "127.0.0.1", 1)),
              logDirectory(cluster, "n1"));
      DataDirectory directory = new DataDirectory(trio, UUID::randomUUID, _ -> false);
      assertThatThrownBy(() -> directory.identity(Position.NOTHING))
          .isInstanceOf(LogHaltedException.class)
          .hasMessageContaining("nothing was changed");
      assertThat(incarnation(cluster, "n1")).isEqualTo(before);
    }
  }

  @Test
  void aWriteThatACrashCutShortIsCutOff(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "torn", 1)) {
      cluster.start("n1");
      cluster.leader();
      fill(cluster, "n1", 1, 3);
      cluster.stop("n1");
      String before = incarnation(cluster, "n1");
      Segment last = open(current(cluster, "n1"));
      List<Stored> all = entries(last);
      Stored whole = all.stream().filter(e -> e.length() > COMMAND_BYTES).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(last.file());
      // The beginning of such an entry, then what was reserved and never written.
      int end = (int) all.getLast().offset() + all.getLast().length();
      byte[] torn = Arrays.copyOf(Arrays.copyOf(bytes, end), end + whole.length() + 5_000);
      System.arraycopy(bytes, (int) whole.offset(), torn, end, 1_000);
      Files.write(last.file(), torn);
      assertThat(LogFiles.check(current(cluster, "n1")).orElseThrow())
          .matches(Damage::torn)
          .matches(d -> d.offset() == end);

      cluster.start("n1");
      cluster.leader();
      assertThat(incarnation(cluster, "n1")).isEqualTo(before);
      Cluster.await("replay", () -> cluster.machine("n1").get("fill") == 3);
      fill(cluster, "n1", 4, 5);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void damageThatTheDurableStateCoversCostsNothing(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "behind", 3)) {
      cluster.limits =
          new LogLimits(
              512 << 10, 256 << 10, 32L << 20, 2 << 20, 64L << 20, 1 << 20, Duration.ofHours(1));
      cluster.startAll();
      String leader = cluster.leader();
      // A member that is away holds the log back, so that there is something old to damage.
      cluster.abandon(cluster.others(leader).getFirst());
      fill(cluster, leader, 1, 40);
      cluster.log(leader).snapshot().get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
      // Its heir's first entry is not to meet it while it closes: see Closing.
      String heir = cluster.others(leader).getFirst();
      Cluster.await("the heir", () -> handedOver(cluster, leader, heir));
      cluster.stop(leader);
      Segment old = LogFiles.segments(current(cluster, leader)).getFirst();
      assertThat(old.last()).isBetween(0L, cluster.machine(leader).recovered().index());
      String before = incarnation(cluster, leader);
      flip(old);
      cluster.start(leader);
      assertThat(incarnation(cluster, leader)).isEqualTo(before);
      assertThat(logDirectory(cluster, leader).resolve("damaged-log-1").resolve(name(old)))
          .exists();
      cluster.leader();
      cluster.propose(leader, "a", 1);
      assertThat(cluster.machine(leader).get("fill")).isEqualTo(40);
      assertThat(cluster.halts).isEmpty();
    }
  }

  private static boolean handedOver(Cluster cluster, String leader, String heir) {
    try {
      if (!cluster.status(heir).ready()) {
        cluster.log(leader).transferLeadership(heir).get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
      }
      return cluster.status(heir).ready();
    } catch (Exception e) {
      throw new AssertionError("not handed over", e);
    }
  }

  private static String name(Segment segment) {
    return segment.file().getFileName().toString();
  }

  @Test
  void aLogOfANewerVersionIsRefusedWithASentence(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "newer", 1)) {
      cluster.start("n1");
      cluster.leader();
      cluster.propose("n1", "a", 1);
      cluster.stop("n1");
      Path file = open(current(cluster, "n1")).file();
      byte[] bytes = Files.readAllBytes(file);
      bytes[7] = '2';
      Files.write(file, bytes);
      assertThatThrownBy(() -> cluster.start("n1"))
          .isInstanceOf(LogHaltedException.class)
          .hasMessageContaining(
              "log format \"RaftLog2\" is not known, this version reads \"RaftLog1\"");
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }
  }

  @Test
  void lostOrUnreadableVotesAndMissingSegmentsBeginANewIncarnationUpToALimit(@TempDir Path root)
      throws Exception {
    RatisConfig config =
        RatisConfig.of(
            "main",
            "n1",
            List.of(
                new RatisConfig.Peer("n1", "localhost", 1),
                new RatisConfig.Peer("n2", "localhost", 2)),
            root);
    DataDirectory directory = new DataDirectory(config, UUID::randomUUID, _ -> true);
    UUID group = UUID.randomUUID();
    Path current = root.resolve("raft").resolve(group.toString()).resolve("current");
    List<List<String>> damages =
        List.of(
            List.of("raft-meta", "term=one\nvotedFor=n1\n"),
            List.of("raft-meta", "\u0000\u0000"),
            List.of("log_inprogress_7", LogFiles.HEADER));
    String last = "";
    for (List<String> damage : damages) {
      Identity member = directory.identity(Position.NOTHING).member(group, List.of());
      member.write(root);
      Files.createDirectories(current);
      Files.writeString(current.resolve("raft-meta"), "term=1\nvotedFor=n1\n");
      Files.writeString(current.resolve("log_inprogress_0"), LogFiles.HEADER);
      assertThat(directory.identity(Position.NOTHING)).isEqualTo(member);
      Files.writeString(current.resolve(damage.getFirst()), damage.getLast());
      Identity renewed = directory.identity(Position.NOTHING);
      assertThat(renewed.group()).isEmpty();
      assertThat(renewed.peerId()).isNotEqualTo(member.peerId()).isNotEqualTo(last);
      last = renewed.peerId();
    }
    assertThat(root.resolve("damaged-log-3")).isDirectory();
    directory.identity(Position.NOTHING).member(group, List.of()).write(root);
    Files.createDirectories(current);
    Files.writeString(current.resolve("log_inprogress_0"), LogFiles.HEADER);
    assertThatThrownBy(() -> directory.identity(Position.NOTHING))
        .isInstanceOf(LogHaltedException.class)
        .hasMessageContaining("set aside 3 times already");
    assertThat(current.resolve("log_inprogress_0")).exists();
  }

  @Test
  void aDiskThatTakesNoWritesIsNamed(@TempDir Path root) throws Exception {
    Path notADirectory = Files.writeString(root.resolve("file"), "");
    RatisConfig config =
        RatisConfig.of(
            "main", "n1", List.of(new RatisConfig.Peer("n1", "localhost", 1)), notADirectory);
    assertThatThrownBy(
            () -> new DataDirectory(config, UUID::randomUUID, _ -> true).identity(Position.NOTHING))
        .isInstanceOf(LogHaltedException.class)
        .hasMessageContaining("takes no writes: directory=" + notADirectory);
  }

  @Test
  void aLeaderWhoseLogCanNotBeWrittenHaltsAndAnotherLeads(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "disk", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      fill(cluster, leader, 1, 3);
      // The next segment can not be made, which is what a full or broken disk does.
      Path current = current(cluster, leader);
      long next = cluster.status(leader).appliedIndex();
      for (long i = next; i < next + 200; i++) {
        if (!Files.exists(current.resolve("log_inprogress_" + i))) {
          Files.createSymbolicLink(
              current.resolve("log_inprogress_" + i), root.resolve("nowhere").resolve("x"));
        }
      }
      for (int i = 4; i < 60 && cluster.halts.isEmpty(); i++) {
        var _ = cluster.log(leader).propose(RatisLogTest.padded("x=" + i, COMMAND_BYTES)).get();
      }
      Cluster.await("the halt", () -> !cluster.halts.isEmpty());
      assertThat(cluster.halts.getFirst())
          .isInstanceOf(LogHaltedException.class)
          .hasMessageContaining("the log could not be written: index=");
      cluster.abandon(leader); // the process ends
      String heir = cluster.leader();
      assertThat(heir).isNotEqualTo(leader);
      assertThat(cluster.machine(heir).get("fill")).isEqualTo(3);
      assertThat(CounterMachine.text(cluster.propose(heir, "b", 1).answer())).isEqualTo("1");
    }
  }
}
