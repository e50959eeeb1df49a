package io.trivigil.raft.ratis;

import io.trivigil.raft.EntryCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;
import org.jspecify.annotations.Nullable;

/// Makes a stopped node the only voter of its cluster, after the quorum was lost for ever.
///
/// The node gets a new incarnation and a new Raft group, in a higher term; log and state stay. What
/// is in its log counts as committed from then on; what the others had acknowledged behind its last
/// entry is lost. The old group is remembered, so that its members are refused with a sentence that
/// says why. They would not do harm anyway: no message of theirs is meant for the new incarnation.
///
/// The steps are written down before they are taken (`forcing`), so that a crash in between is
/// finished by running it again; until then the node does not start.
///
/// What was given up stays in a small file (`forced`) until the started node has told the cluster.
///
/// Not thread-safe; holds the log's lock until closed.
public final class ForcedStart implements AutoCloseable {
  static final String JOURNAL = "forcing";
  private static final String NOTE = "forced";
  private static final SizeInBytes LARGEST_ENTRY = SizeInBytes.valueOf(64 << 20);

  private final Path directory;
  private final Identity identity;
  private final @Nullable FileChannel lockFile;
  private final Plan plan;

  /// What would be done, and what may be lost by it.
  ///
  /// @param address where the node's cluster port is, as the log knows it
  /// @param lastIndex the last entry of this node's log; whatever was committed behind it is lost
  /// @param committedIndex up to here this node knows that entries were committed; what is behind
  ///   it in the log counts as committed from now on
  /// @param lastLogTimeMs the leader's clock at the last entry that carries commands or tells of a
  ///   term, epoch ms; 0 where the log has none
  /// @param term the last term
  /// @param others the members that are given up
  public record Plan(
      String clusterName,
      String nodeId,
      String address,
      long lastIndex,
      long committedIndex,
      long lastLogTimeMs,
      long term,
      List<String> others) {
    public Plan {
      others = List.copyOf(others);
    }
  }

  /// Looks at a stopped node's log directory; changes nothing.
  ///
  /// @throws IOException if the node runs, or can not be a survivor; the message says why
  public ForcedStart(Path logDirectory) throws IOException {
    this.directory = logDirectory;
    this.identity =
        Identity.read(logDirectory)
            .orElseThrow(() -> new IOException("%s: no node's log".formatted(logDirectory)));
    if (identity.group().isEmpty()) {
      throw new IOException("%s: this node belongs to no cluster yet".formatted(logDirectory));
    }
    Path group = groupDirectory();
    this.lockFile = lock(group);
    this.plan = look(group.resolve("current"));
  }

  public Plan plan() {
    return plan;
  }

  private Path raft() {
    return directory.resolve(RatisSettings.LOG_DIRECTORY);
  }

  /// Where the group's files are: under the old name, or under the new one if a start was broken
  /// off.
  private Path groupDirectory() throws IOException {
    Path old = raft().resolve(identity.group().orElseThrow().toString());
    Identity begun = Identity.readFile(directory.resolve(JOURNAL)).orElse(null);
    if (!Files.exists(old) && begun != null) {
      return raft().resolve(begun.group().orElseThrow().toString());
    }
    if (!Files.exists(old)) {
      throw new IOException("%s: the node's log is lost".formatted(old));
    }
    return old;
  }

  private static FileChannel lock(Path group) throws IOException {
    FileChannel file =
        FileChannel.open(
            group.resolve("in_use.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = file.tryLock();
    if (lock == null) {
      file.close();
      throw new IOException("%s: the node is running: stop it first".formatted(group));
    }
    return file;
  }

  // ---- what is there ----

  private static final class Seen {
    long index = -1;
    long term;
    long committed = -1;
    long timeMs;
    @Nullable LogEntryProto configuration;

    void see(LogEntryProto entry) {
      index = Math.max(index, entry.getIndex());
      term = Math.max(term, entry.getTerm());
      if (entry.hasMetadataEntry()) {
        committed = Math.max(committed, entry.getMetadataEntry().getCommitIndex());
      } else if (entry.hasConfigurationEntry()) {
        configuration = entry;
      } else if (entry.hasStateMachineLogEntry()) {
        timeMs =
            Math.max(
                timeMs,
                EntryCodec.decode(
                        entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer())
                    .proposedMs());
      }
    }
  }

  private Plan look(Path current) throws IOException {
    Seen seen = new Seen();
    Path meta = current.resolve("raft-meta.conf");
    if (Files.exists(meta)) {
      LogEntryProto stored = LogEntryProto.parseFrom(Files.readAllBytes(meta));
      seen.see(stored);
      seen.committed = stored.getIndex();
    }
    for (LogSegmentPath segment : segments(current)) {
      LogSegment.readSegmentFile(
          segment.getPath().toFile(),
          segment.getStartEnd(),
          LARGEST_ENTRY,
          CorruptionPolicy.WARN_AND_RETURN,
          null,
          seen::see);
    }
    LogEntryProto configuration = seen.configuration;
    List<RaftPeerProto> voters =
        configuration == null ? List.of() : configuration.getConfigurationEntry().getPeersList();
    String address = "";
    List<String> others = new ArrayList<>();
    for (RaftPeerProto voter : voters) {
      String peer = voter.getId().toStringUtf8();
      if (PeerNames.nodeId(peer).equals(identity.nodeId())) {
        address = voter.getAddress();
      } else {
        others.add(PeerNames.nodeId(peer));
      }
    }
    if (address.isEmpty()) {
      throw new IOException(
          "node %s is no voter of cluster \"%s\": its log can not stand for the others'"
              .formatted(identity.nodeId(), identity.clusterName()));
    }
    if (others.isEmpty()) {
      throw new IOException(
          "node %s is the only voter of cluster \"%s\" already: start it"
              .formatted(identity.nodeId(), identity.clusterName()));
    }
    return new Plan(
        identity.clusterName(),
        identity.nodeId(),
        address,
        seen.index,
        seen.committed,
        seen.timeMs,
        seen.term,
        others);
  }

  private static List<LogSegmentPath> segments(Path current) throws IOException {
    try (Stream<Path> files = Files.list(current)) {
      return files
          .map(LogSegmentPath::matchLogSegment)
          .filter(Objects::nonNull)
          .sorted(Comparator.comparing(LogSegmentPath::getStartEnd))
          .toList();
    }
  }

  // ---- what is done ----

  /// Does it. Durable on return; the node may then be started.
  ///
  /// @param incarnations makes the id of the new incarnation; random in production
  public void carryOut(Supplier<UUID> incarnations) throws IOException {
    Identity begun = Identity.readFile(directory.resolve(JOURNAL)).orElse(null);
    Identity next = begun == null ? next(incarnations.get()) : begun;
    next.write(directory, JOURNAL);
    if (begun == null || !Files.exists(directory.resolve(NOTE))) {
      Checkpoints.writeDurably(directory.resolve(NOTE), note() + "\n");
    }
    Path old = raft().resolve(identity.group().orElseThrow().toString());
    if (Files.exists(old)) {
      Path current = old.resolve("current");
      writeConfiguration(current, next);
      writeTerm(current.resolve("raft-meta"));
      sync(current);
      Files.move(
          old,
          raft().resolve(next.group().orElseThrow().toString()),
          StandardCopyOption.ATOMIC_MOVE);
      sync(raft());
    }
    next.write(directory);
    Files.delete(directory.resolve(JOURNAL));
    sync(directory);
  }

  private String note() {
    return "given up: %s; kept: up to entry %d in term %d; known to be committed: up to %d"
        .formatted(
            String.join(", ", plan.others()), plan.lastIndex(), plan.term(), plan.committedIndex());
  }

  /// What a forced start gave up, in a sentence, until the cluster was told of it.
  ///
  /// @throws IOException if that can not be read
  public static Optional<String> untold(Path logDirectory) throws IOException {
    Path note = logDirectory.resolve(NOTE);
    return Files.exists(note) ? Optional.of(Files.readString(note).strip()) : Optional.empty();
  }

  /// The cluster was told of it.
  public static void told(Path logDirectory) throws IOException {
    Files.deleteIfExists(logDirectory.resolve(NOTE));
  }

  private Identity next(UUID incarnation) {
    List<UUID> former = new ArrayList<>(identity.former());
    former.add(identity.group().orElseThrow());
    UUID group =
        PeerNames.groupId(
                identity.clusterName(), List.of(identity.nodeId(), incarnation.toString()))
            .getUuid();
    Identity.Member self =
        new Identity.Member(
            identity.nodeId(),
            PeerNames.peerId(identity.nodeId(), incarnation).toString(),
            plan.address());
    return new Identity(
        identity.nodeId(),
        incarnation,
        identity.clusterName(),
        Optional.of(group),
        List.of(self),
        former);
  }

  /// The configuration stands behind all that are in the log, where the first entry of the new term
  /// will be, which repeats it.
  private void writeConfiguration(Path current, Identity next) throws IOException {
    RaftPeer self = RaftPeer.newBuilder().setId(next.peerId()).setAddress(plan.address()).build();
    LogEntryProto entry =
        LogEntryProto.newBuilder()
            .setTerm(plan.term())
            .setIndex(plan.lastIndex() + 1)
            .setConfigurationEntry(
                RaftConfigurationProto.newBuilder().addPeers(self.getRaftPeerProto()))
            .build();
    Path fresh = current.resolve("raft-meta.conf.new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(java.nio.ByteBuffer.wrap(entry.toByteArray()));
      out.force(true);
    }
    Files.move(
        fresh,
        current.resolve("raft-meta.conf"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /// Raises the term, and forgets the vote that the old incarnation gave.
  private void writeTerm(Path meta) throws IOException {
    Properties properties = new Properties();
    if (Files.exists(meta)) {
      try (var in = Files.newBufferedReader(meta, StandardCharsets.UTF_8)) {
        properties.load(in);
      }
    }
    long term =
        Math.max(plan.term(), Long.parseLong(properties.getProperty("term", "0").strip())) + 1;
    properties.setProperty("term", Long.toString(term));
    properties.setProperty("votedFor", "");
    Path fresh = meta.resolveSibling("raft-meta.new");
    try (OutputStream out = Files.newOutputStream(fresh)) {
      properties.store(out, null);
    }
    sync(fresh);
    Files.move(fresh, meta, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel held = lockFile;
    if (held != null) {
      held.close();
    }
  }
}
