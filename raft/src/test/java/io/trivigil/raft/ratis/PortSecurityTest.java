package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.ratis.Greeting.Kind;
import io.trivigil.raft.ratis.Greeting.Question;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortSecurityTest {
  private static final String SECRET = "correct horse battery staple";

  private static Path secret(Path root, String... lines) throws IOException {
    return Files.writeString(
        root.resolve("secret-" + lines[0].hashCode()), String.join("\n", lines));
  }

  /// Says hello to a node as a stranger would.
  private static void greet(Cluster cluster, PortSecurity as, String node) throws IOException {
    try (GreetingService stranger =
        new GreetingService(new PortContexts(as, cluster.name, new Doorkeeper(System::nanoTime)))) {
      stranger.ask(
          cluster.config(node).self(),
          new Question(Kind.HELLO, cluster.name, "n2", "n2~0", "127.0.0.1:1", ""));
    }
  }

  /// As [#greet], where a machine that is too busy to answer in time is asked once more.
  private static void greeted(Cluster cluster, PortSecurity as, String node) {
    Cluster.await(
        "an answer",
        () -> {
          try {
            greet(cluster, as, node);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /// Greets until it is refused for this reason, and is never let in.
  private static void refused(Cluster cluster, PortSecurity as, String node, Refusal reason) {
    Cluster.await(
        "refusal " + reason,
        () -> {
          assertThatThrownBy(() -> greet(cluster, as, node)).isInstanceOf(IOException.class);
          return cluster.log(node).refusedConnections(reason) > 0;
        });
  }

  private static void knock(Cluster cluster, String node, String text) throws IOException {
    RatisConfig.Peer at = cluster.config(node).self();
    try (Socket socket = new Socket(at.host(), at.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(socket.getInputStream().read()).isEqualTo(-1); // shown the door
    } catch (java.net.SocketException e) {
      assertThat(e).hasMessageContaining("reset"); // less politely
    }
  }

  private static void awaitRefusal(Cluster cluster, String node, Refusal reason) {
    Cluster.await("refusal " + reason, () -> cluster.log(node).refusedConnections(reason) > 0);
  }

  @Test
  void whoKnowsTheSecretIsInAndNobodyElse(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "secret", 3)) {
      PortSecurity known = new PortSecurity.SharedSecret(secret(root, SECRET));
      cluster.access = _ -> new ClusterAccess(known, false);
      cluster.startAll();
      cluster.leader();
      for (String node : List.of("n1", "n2", "n3")) {
        cluster.propose(node, node, 1); // from followers too: the entries are passed on
      }

      PortSecurity wrong = new PortSecurity.SharedSecret(secret(root, "another secret, as long"));
      // The stranger itself turns away from whom it can not trust.
      refused(cluster, wrong, "n1", Refusal.HANDSHAKE);
      assertThatThrownBy(() -> greet(cluster, new PortSecurity.Open(), "n1"))
          .isInstanceOf(IOException.class);
      knock(cluster, "n1", "GET / HTTP/1.1\r\n\r\n");
      awaitRefusal(cluster, "n1", Refusal.NOT_THE_PROTOCOL);
      // Somebody who trusts all, and has a certificate of whatever making.
      new TestCertificates("elsewhere").issue(root.resolve("elsewhere"), 127, 0, 0, 1);
      refused(cluster, trusting(root.resolve("elsewhere")), "n1", Refusal.SECRET);

      // The next secret: known to all first, then used.
      Path both = secret(root, "the secret of next year", SECRET);
      greeted(cluster, new PortSecurity.SharedSecret(known(root)), "n1");
      assertThatThrownBy(() -> greet(cluster, new PortSecurity.SharedSecret(both), "n1"))
          .isInstanceOf(IOException.class);
      Files.writeString(known(root), SECRET + "\nthe secret of next year\n");
      greeted(cluster, new PortSecurity.SharedSecret(both), "n1");
      assertThat(cluster.halts).isEmpty();
    }
  }

  private static Path known(Path root) {
    return root.resolve("secret-" + SECRET.hashCode());
  }

  private static PortSecurity trusting(Path folder) {
    PortSecurity.Tls tls = TestCertificates.tls(folder);
    return new PortSecurity.Tls(
        tls.server(), tls.clientAuthorities(), tls.client(), tls.serverAuthorities(), "", true);
  }

  @Test
  void aSecretThatIsTooShortIsNotAcceptedAndNotSaid(@TempDir Path root) throws Exception {
    Path file = Files.writeString(root.resolve("s"), "hunter2");
    assertThatThrownBy(() -> SecretKeys.read(file, "main"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("7 characters, wanted 16")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void certificatesAreExchangedUnderARunningCluster(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "tls", 3)) {
      TestCertificates old = new TestCertificates("old authority");
      for (String node : List.of("n1", "n2", "n3", "stranger")) {
        old.issue(root.resolve("tls-" + node), 127, 0, 0, 1);
      }
      cluster.access =
          node -> new ClusterAccess(TestCertificates.tls(root.resolve("tls-" + node)), false);
      cluster.startAll();
      cluster.leader();
      for (String node : List.of("n1", "n2", "n3")) {
        cluster.propose(node, node, 1);
      }
      greeted(cluster, TestCertificates.tls(root.resolve("tls-stranger")), "n1");
      knock(cluster, "n1", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      awaitRefusal(cluster, "n1", Refusal.NOT_THE_PROTOCOL);

      TestCertificates fresh = new TestCertificates("new authority");
      for (String node : List.of("n1", "n2", "n3")) {
        fresh.issue(root.resolve("tls-" + node), 127, 0, 0, 1);
      }
      // All connections are made anew, in both directions, by new certificates alone.
      String follower = cluster.others(cluster.leader()).getFirst();
      cluster.stop(follower);
      cluster.start(follower);
      Cluster.await(
          "the restarted node", () -> cluster.status(follower).leaderId().isEmpty() == false);
      cluster.propose(follower, "b", 1);
      String leader = cluster.leader();
      cluster.propose(leader, "b", 2);
      Cluster.await("the last entry", () -> cluster.machine(follower).get("b") == 2);
      refused(cluster, trusting(root.resolve("tls-stranger")), follower, Refusal.CERTIFICATE);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aPeerWhoseCertificateCarriesAnotherAddressIsNotTrusted(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "name", 1)) {
      TestCertificates authority = new TestCertificates("authority");
      authority.issue(root.resolve("tls-n1"), 10, 9, 9, 9);
      authority.issue(root.resolve("tls-other"), 127, 0, 0, 1);
      PortSecurity.Tls own = TestCertificates.tls(root.resolve("tls-n1"));
      cluster.access = _ -> new ClusterAccess(own, false);
      cluster.start("n1");
      cluster.leader();
      assertThatThrownBy(
              () -> greet(cluster, TestCertificates.tls(root.resolve("tls-other")), "n1"))
          .isInstanceOf(IOException.class);
      Outcome outcome =
          cluster
              .log("n1")
              .propose(CounterMachine.set("a", 1))
              .get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
      assertThat(outcome).isInstanceOf(Outcome.Applied.class);
      Files.writeString(root.resolve("tls-n1").resolve("node-key.pem"), "torn");
      greeted(cluster, named(root.resolve("tls-other"), "10.9.9.9"), "n1"); // the old pair counts
    }
  }

  private static PortSecurity named(Path folder, String name) {
    PortSecurity.Tls tls = TestCertificates.tls(folder);
    return new PortSecurity.Tls(
        tls.server(), tls.clientAuthorities(), tls.client(), tls.serverAuthorities(), name, false);
  }
}
