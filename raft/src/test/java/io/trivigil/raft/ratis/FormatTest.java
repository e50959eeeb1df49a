package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.StateMachine.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What earlier versions wrote comes back, what later ones wrote is refused with a sentence.
class FormatTest {
  private static final String FIXTURE = "format-1.zip";

  /// `format-1.zip` is the directory of a node of one, written by the first version of all formats:
  /// identity, votes, log with a snapshot's state. `-Drewrite=true` makes one anew; a new version
  /// adds its own beside the old one.
  @Test
  void aDirectoryOfTheFirstFormatsComesBack(@TempDir Path root) throws Exception {
    if (Boolean.getBoolean("rewrite")) {
      write(root.resolve("made"), Path.of("src/test/resources").resolve(FIXTURE));
    }
    try (Cluster cluster = new Cluster(root, "format", 1)) {
      unzip(cluster.directory("n1"));
      assertThat(new CounterMachine(cluster.directory("n1").resolve("state")).get("a"))
          .isEqualTo(1);
      cluster.start("n1");
      cluster.leader();
      // One from the snapshot, one from the log behind it.
      Cluster.await("replay", () -> cluster.machine("n1").get("b") == 1);
      assertThat(cluster.machine("n1").get("a")).isEqualTo(1);
      cluster.propose("n1", "a", 2);
      assertThat(cluster.halts).isEmpty();
    }
  }

  private static void write(Path root, Path zip) throws Exception {
    try (Cluster cluster = new Cluster(root, "format", 1)) {
      cluster.start("n1");
      cluster.leader();
      cluster.propose("n1", "a", 1);
      assertThat(cluster.log("n1").snapshot().get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isPositive();
      cluster.propose("n1", "b", 1);
      cluster.stop("n1");
      Files.createDirectories(Objects.requireNonNull(zip.getParent()));
      try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
          var all = Files.walk(cluster.directory("n1"))) {
        for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
          if (!file.endsWith("in_use.lock")) {
            out.putNextEntry(new ZipEntry(cluster.directory("n1").relativize(file).toString()));
            Files.copy(file, out);
          }
        }
      }
    }
  }

  private static void unzip(Path to) throws IOException {
    try (InputStream resource =
            Objects.requireNonNull(FormatTest.class.getResourceAsStream("/" + FIXTURE));
        ZipInputStream in = new ZipInputStream(resource)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path file = to.resolve(entry.getName()).normalize();
        assertThat(file.startsWith(to)).as(entry.getName()).isTrue();
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.copy(in, file);
      }
    }
  }

  @Test
  void aCheckpointOfTheFirstFormatOpensANewerOneIsRefused(@TempDir Path root) throws Exception {
    Files.createDirectories(root.resolve("state/more"));
    Files.writeString(root.resolve("state/counters"), "12345");
    Files.writeString(root.resolve("state/more/empty"), "");
    String manifest =
        """
        trivigil-checkpoint 1
        position 3 17 1700000000000
        file 5 counters
        file 0 more/empty
        """;
    Files.writeString(root.resolve("MANIFEST"), manifest + "crc32c d1f5a511\n");
    Checkpoints.Checkpoint opened = Checkpoints.open(root);
    assertThat(opened.position()).isEqualTo(new Position(3, 17, 1_700_000_000_000L));
    assertThat(opened.files()).hasSize(2);
    Files.writeString(
        root.resolve("MANIFEST"),
        manifest.replace("checkpoint 1", "checkpoint 2") + "crc32c 4de69417\n");
    assertThatThrownBy(() -> Checkpoints.open(root))
        .hasMessageContaining(
            "checkpoint format \"trivigil-checkpoint 2\" is not known, this version reads"
                + " \"trivigil-checkpoint 1\"");
  }

  @Test
  void anIdentityOrAnEntryOfANewerVersionIsRefused(@TempDir Path root) throws Exception {
    Files.writeString(
        root.resolve(Identity.FILE),
        """
        trivigil-identity 9
        node n1
        incarnation 0b5e0000-0000-0000-0000-000000000001
        cluster main
        crc32c 92cbd180
        """);
    assertThatThrownBy(() -> Identity.read(root))
        .hasMessageContaining("identity format \"trivigil-identity 9\" is not known");
    byte[] entry = EntryCodec.encode(new EntryCodec.Proposal(1, 0, List.of()));
    entry[1] = 2;
    assertThatThrownBy(() -> EntryCodec.decode(ByteBuffer.wrap(entry)))
        .hasMessage(
            "entry of format 2 is not known, this version reads 1: start the newer version");
  }
}
