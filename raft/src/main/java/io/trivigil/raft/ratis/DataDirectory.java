package io.trivigil.raft.ratis;

import io.trivigil.raft.StateMachine.Position;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a data directory before Ratis does: whose it is, and whether all of it is still there.
///
/// A directory whose Raft state is lost, wholly or in part, gets a new incarnation: the node's
/// votes and acknowledgements are lost with it, so it may not vote in the name that gave them. The
/// same with a damaged log, if the others can do without this node; else it halts, and changes
/// nothing. What is not used any more is set aside, not deleted.
final class DataDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String REMOVED = "removed";

  /// How often a log may be set aside before a person must look.
  static final int MAX_SET_ASIDE = 3;

  /// What the directories of such logs begin with.
  static final String SET_ASIDE = "damaged-log-";

  private final RatisConfig config;
  private final Supplier<UUID> incarnations;
  private final Predicate<Identity> othersHaveQuorum;

  /// @param othersHaveQuorum whether the others lead and follow without this node, so that it may
  ///   begin anew; may block for a while
  DataDirectory(
      RatisConfig config, Supplier<UUID> incarnations, Predicate<Identity> othersHaveQuorum) {
    this.config = config;
    this.incarnations = incarnations;
    this.othersHaveQuorum = othersHaveQuorum;
  }

  /// The identity under which this node may start. What is made or changed is durable on return.
  ///
  /// @throws LogHaltedException if the directory belongs to another node or cluster
  Identity identity(Position recovered) throws IOException {
    refuseIfRemoved();
    if (Files.exists(config.directory().resolve(ForcedStart.JOURNAL))) {
      throw new LogHaltedException(
          "a forced start was begun and not finished: run force-survivor again directory="
              + config.directory());
    }
    probe();
    Identity identity = Identity.read(config.directory()).orElse(null);
    if (identity == null) {
      return renewed("directory is new");
    }
    if (!identity.clusterName().equals(config.clusterName())) {
      throw new LogHaltedException(
          "node %s belongs to cluster \"%s\", not \"%s\": directory=%s"
              .formatted(
                  config.nodeId(),
                  identity.clusterName(),
                  config.clusterName(),
                  config.directory()));
    }
    if (!identity.nodeId().equals(config.nodeId())) {
      throw new LogHaltedException(
          "directory belongs to node %s, not %s: directory=%s"
              .formatted(identity.nodeId(), config.nodeId(), config.directory()));
    }
    if (identity.group().isEmpty()) {
      Checkpoints.delete(raft()); // a group that was being joined when the node died
      Files.createDirectories(raft());
      return identity;
    }
    Path current = current(identity.group().get());
    Optional<String> lost = lost(current, recovered);
    if (lost.isPresent()) {
      return renewed(lost.get());
    }
    Optional<LogFiles.Damage> damage = LogFiles.check(current);
    if (damage.isPresent() && damage.get().torn()) {
      cut(damage.get());
      damage = LogFiles.check(current);
    }
    if (damage.isPresent() && isBehind(damage.get(), recovered)) {
      setSegmentsAside(current, damage.get());
      damage = LogFiles.check(current);
    }
    return damage.isPresent() ? damaged(identity, damage.get()) : identity;
  }

  private void refuseIfRemoved() throws IOException {
    Path mark = config.directory().resolve(REMOVED);
    if (Files.exists(mark)) {
      throw new NodeRemovedException(
          Files.readString(mark).strip() + " directory=" + config.directory());
    }
  }

  /// Remembers that the cluster removed this node, so that it does not start again with what it
  /// holds, whom it can reach or not.
  static void markRemoved(Path directory, String reason) {
    try {
      Checkpoints.writeDurably(directory.resolve(REMOVED), reason + "\n");
    } catch (IOException e) {
      LOG.warn("removal not noted reason={}", e.toString());
    }
  }

  /// What a crash left of a write that nobody waited for.
  private static void cut(LogFiles.Damage tail) throws IOException {
    try (FileChannel file = FileChannel.open(tail.file(), StandardOpenOption.WRITE)) {
      LOG.warn(
          "unfinished write at the end of the log cut off file={} offset={} bytes={} index={}",
          tail.file(),
          tail.offset(),
          file.size() - tail.offset(),
          tail.index());
      file.truncate(tail.offset());
      file.force(true);
    }
  }

  /// Whether the durable state contains all that the damage touches.
  private static boolean isBehind(LogFiles.Damage damage, Position recovered) {
    return !damage.newer()
        && damage.wholeFrom() >= 0
        && damage.wholeFrom() <= recovered.index() + 1;
  }

  /// Takes away what nobody needs but a slow peer, who then gets a snapshot instead.
  private void setSegmentsAside(Path current, LogFiles.Damage damage) throws IOException {
    Path place = Files.createDirectory(newPlace(damage.toString()));
    for (LogFiles.Segment segment : LogFiles.segments(current)) {
      if (segment.first() < damage.wholeFrom()) {
        Files.move(segment.file(), place.resolve(segment.file().getFileName()));
      }
    }
    LOG.warn(
        "log damaged where the durable state is newer, segments set aside directory={} {}",
        place,
        damage);
  }

  private Identity damaged(Identity identity, LogFiles.Damage damage) throws IOException {
    LOG.error("log damaged node={} {}", config.nodeId(), damage);
    if (damage.newer()) {
      throw new LogHaltedException("log can not be read: " + damage);
    }
    if (config.peers().size() == 1) {
      throw new LogHaltedException(
          "log damaged and there is no peer to repair it from: %s; restore a backup. What can be read: trivigil log show %s"
              .formatted(damage, config.directory()));
    }
    if (!othersHaveQuorum.test(identity)) {
      throw new LogHaltedException(
          "log damaged, and the peers have no leader to repair it from: %s; nothing was changed. Start the other nodes, then this one"
              .formatted(damage));
    }
    return renewed("log damaged: " + damage);
  }

  /// Puts the log aside, and begins anew. Nothing is deleted: after a few times it halts instead,
  /// because then the disk is at fault, or we are.
  private Identity renewed(String reason) throws IOException {
    setAside(reason);
    Identity fresh = Identity.blank(config.nodeId(), config.clusterName(), incarnations.get());
    fresh.write(config.directory());
    Files.createDirectories(raft());
    LOG.info("node begins a new incarnation peer={} reason={}", fresh.peerId(), reason);
    return fresh;
  }

  private void setAside(String reason) throws IOException {
    if (Checkpoints.filesBelow(raft()).isEmpty()) {
      Checkpoints.delete(raft());
      return;
    }
    Path place = newPlace(reason);
    Files.move(raft(), place);
    LOG.warn("log set aside directory={} reason={}", place, reason);
  }

  private Path newPlace(String reason) {
    for (int i = 1; i <= MAX_SET_ASIDE; i++) {
      Path place = config.directory().resolve(SET_ASIDE + i);
      if (!Files.exists(place)) {
        return place;
      }
    }
    throw new LogHaltedException(
        "log was set aside %d times already, which is the limit: look at the disk, then remove %s* in %s; now: %s"
            .formatted(MAX_SET_ASIDE, SET_ASIDE, config.directory(), reason));
  }

  /// Why the Raft state of the group can not be relied on, if so.
  private Optional<String> lost(Path current, Position recovered) throws IOException {
    Path votes = current.resolve("raft-meta");
    if (!Files.exists(votes)) {
      return Optional.of("Raft's votes are lost: file=%s".formatted(votes));
    }
    OptionalLong term = term(votes);
    if (term.isEmpty()) {
      return Optional.of("Raft's votes can not be read: file=%s".formatted(votes));
    }
    List<LogFiles.Segment> segments = LogFiles.segments(current);
    if (segments.isEmpty()) {
      // A node that stands alone may have lost nothing; with peers it is cheaper to ask them.
      boolean begun = recovered.index() >= 0 || term.getAsLong() > 0;
      return begun && config.peers().size() > 1
          ? Optional.of("the log is lost: directory=%s".formatted(current))
          : Optional.empty();
    }
    long first = segments.getFirst().first();
    return first > recovered.index() + 1
        ? Optional.of(
            "the state is lost: recovered_index=%d first_index_of_log=%d"
                .formatted(recovered.index(), first))
        : Optional.empty();
  }

  /// The term of Ratis' own file of properties; empty where it can not be read.
  private static OptionalLong term(Path votes) throws IOException {
    Properties properties = new Properties();
    try (BufferedReader text = Files.newBufferedReader(votes, StandardCharsets.UTF_8)) {
      properties.load(text);
      String votedFor = properties.getProperty("votedFor");
      String term = properties.getProperty("term");
      if (votedFor == null || term == null) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(Long.parseLong(term));
    } catch (CharacterCodingException | IllegalArgumentException e) {
      LOG.warn("Raft's votes not readable file={} reason={}", votes, e.toString());
      return OptionalLong.empty();
    }
  }

  /// Writes a little to the disk, so that one that takes no writes is named before anything begins.
  ///
  /// @throws LogHaltedException if it does not
  private void probe() {
    Path probe = config.directory().resolve("probe");
    try {
      Files.createDirectories(raft());
      Checkpoints.writeDurably(probe, "probe\n");
      Files.delete(probe);
    } catch (IOException e) {
      throw new LogHaltedException(
          "the log's disk takes no writes: directory=%s reason=%s; mount it writable, or make room"
              .formatted(config.directory(), e),
          e);
    }
  }

  private Path raft() {
    return config.directory().resolve(RatisSettings.LOG_DIRECTORY);
  }

  /// Where Ratis collects checkpoints that are coming in.
  List<Path> halfCheckpoints() {
    try (Stream<Path> groups = Files.list(raft())) {
      return groups.map(group -> group.resolve("tmp")).filter(Files::isDirectory).toList();
    } catch (IOException e) {
      return List.of(); // nothing has come in yet
    }
  }

  private Path current(UUID group) {
    return raft().resolve(group.toString()).resolve("current");
  }

  /// Bytes of log on disk.
  long logBytes(UUID group) {
    long sum = 0;
    try (Stream<Path> files = Files.list(current(group))) {
      for (Path file : files.toList()) {
        sum += file.toFile().length(); // 0 where it was purged meanwhile
      }
    } catch (IOException e) {
      LOG.debug("log directory not readable reason={}", e.toString());
    }
    return sum;
  }
}
