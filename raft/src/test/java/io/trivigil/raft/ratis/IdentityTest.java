package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.StateMachine.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {

  @Test
  void anIdentityComesBackAsItWasAndADamagedOneIsRefused(@TempDir Path root) throws Exception {
    Identity blank = Identity.blank("n1", "main", UUID.randomUUID());
    blank.write(root);
    assertThat(Identity.read(root)).contains(blank);
    Identity member =
        blank.member(
            UUID.randomUUID(), List.of(new Identity.Member("n1", blank.peerId(), "host:1")));
    member.write(root);
    assertThat(Identity.read(root)).contains(member);

    Path file = root.resolve(Identity.FILE);
    Files.writeString(file, Files.readString(file).replace("node n1", "node n2"));
    assertThatThrownBy(() -> Identity.read(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void whoLostVotesOrStateBeginsANewIncarnation(@TempDir Path root) throws Exception {
    RatisConfig config =
        RatisConfig.of("main", "n1", List.of(new RatisConfig.Peer("n1", "localhost", 1)), root);
    DataDirectory directory = new DataDirectory(config, UUID::randomUUID, _ -> true);
    Identity blank = directory.identity(Position.NOTHING);
    assertThat(directory.identity(Position.NOTHING)).isEqualTo(blank);
    UUID group = UUID.randomUUID();
    Identity member = blank.member(group, List.of());
    Path current = root.resolve("raft").resolve(group.toString()).resolve("current");

    member.write(root);
    formatted(current);
    Position nine = new Position(1, 9, 1_000);
    assertThat(directory.identity(nine)).isEqualTo(member);
    Position eight = new Position(1, 8, 1_000);
    Identity renewed = directory.identity(eight); // entry 9 is in neither
    assertThat(renewed.group()).isEmpty();
    assertThat(renewed.incarnation()).isNotEqualTo(member.incarnation());
    assertThat(current).doesNotExist();

    member.write(root);
    formatted(current);
    Files.delete(current.resolve("raft-meta"));
    assertThat(directory.identity(nine).incarnation()).isNotEqualTo(member.incarnation());
  }

  private static void formatted(Path current) throws IOException {
    Files.createDirectories(current);
    Files.writeString(current.resolve("raft-meta"), "term=1\nvotedFor=n1\n");
    Files.writeString(current.resolve("log_inprogress_10"), LogFiles.HEADER);
  }

  @Test
  void theGroupIsMadeOfTheNameAndTheFirstMembers() {
    assertThat(PeerNames.groupId("a", List.of("n1", "n2")))
        .isEqualTo(PeerNames.groupId("a", List.of("n2", "n1")))
        .isNotEqualTo(PeerNames.groupId("b", List.of("n1", "n2")))
        .isNotEqualTo(PeerNames.groupId("a", List.of("n1", "n3")));
  }

  @Test
  void aDirectoryOfAnotherClusterIsRefusedByName(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "a", 1)) {
      cluster.start("n1");
      cluster.leader();
      cluster.stop("n1");
      RatisConfig other =
          RatisConfig.of("b", "n1", cluster.peers, cluster.directory("n1").resolve("log"));
      assertThatThrownBy(() -> cluster.start("n1", other))
          .isInstanceOf(LogHaltedException.class)
          .hasMessageContaining("node n1 belongs to cluster \"a\", not \"b\"");
    }
  }

  @Test
  void aNodeOfAnotherClusterIsRefusedByNameAndDisturbsNobody(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "b", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      String victim = cluster.others(leader).getFirst();
      cluster.stop(victim);
      Checkpoints.delete(cluster.directory(victim));
      cluster.start(
          victim,
          RatisConfig.of("a", victim, cluster.peers, cluster.directory(victim).resolve("log"))
              .withLimits(cluster.limits));
      Cluster.await("the refusal", () -> !cluster.halts.isEmpty());
      assertThat(cluster.halts.getFirst())
          .isInstanceOf(LogHaltedException.class)
          .hasMessageContaining("node %s belongs to cluster \"a\", not \"b\"".formatted(victim));
      cluster.propose(leader, "x", 1);
      assertThat(cluster.halts).hasSize(1);
    }
  }

  @Test
  void withoutAllOthersABlankNodeFoundsNothing(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "few", 3)) {
      cluster.start("n1");
      cluster.start("n2");
      assertThat(cluster.log("n1").propose(CounterMachine.set("a", 1)).get(5, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.NotLeader.class);
      assertThat(cluster.status("n1").role()).isEqualTo(LogStatus.Role.STARTING);
      cluster.start("n3");
      cluster.leader();
      Cluster.await("everybody", () -> cluster.status("n1").members().size() == 3);
      assertThat(cluster.halts).isEmpty();
    }
  }
}
