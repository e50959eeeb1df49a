package io.trivigil.node;

import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Everything that a node does about its disk: the reserve, scrubs and comparisons, repair,
/// backups. Thread-safe.
public final class StoreCare implements AutoCloseable {
  private final NodeOptions options;
  private final Storage storage;
  private final DiskReserve reserve;
  private final SpaceWatch space;
  private final Integrity integrity;
  private final StoreRepair repair;
  private final Backups backups;

  StoreCare(
      NodeOptions options,
      Node.World world,
      NodeMachine machine,
      Proposals proposals,
      DiskReserve reserve,
      Metrics metrics) {
    this.options = options;
    this.storage = machine.storage();
    this.reserve = reserve;
    BooleanSupplier mayTell = () -> machine.config().view().has(FeatureLevel.TWO);
    this.space = new SpaceWatch(options.nodeId(), reserve, proposals, mayTell, world.clock());
    this.integrity =
        new Integrity(
            options.nodeId(),
            storage,
            proposals,
            mayTell,
            world.clock(),
            world.nanoTicker(),
            options.store(),
            space,
            metrics);
    this.repair = new StoreRepair(options.dataDirectory(), world.halt());
    this.backups = new Backups(options, world, machine, reserve, metrics);
    storage.damage().onFound(repair::found);
    storage.mergeIf(() -> !reserve.isLow());
    machine.onHearsay(integrity);
  }

  /// The reserve of the file system that holds the data directory.
  static DiskReserve reserve(NodeOptions options, Node.World world, Metrics metrics) {
    Path data = options.dataDirectory();
    return new DiskReserve(
        options.store().reserveBytes(), () -> usable(data), world.nanoTicker(), metrics);
  }

  private static long usable(Path data) {
    try {
      return Files.getFileStore(data).getUsableSpace();
    } catch (IOException e) {
      return -1; // not known: no reason to refuse anything
    }
  }

  /// What of it is the leader's work.
  List<LeaderWork.Work> works() {
    return List.of(space, integrity);
  }

  void start(ReplicatedLog log) throws IOException {
    backups.start(log);
    repair.start(log);
    integrity.start(log);
    space.start(log);
  }

  public Backups backups() {
    return backups;
  }

  /// How the store is.
  ///
  /// @param freeBytes what may still be written to the data directory
  /// @param reserveBytes with less free than that, samples are refused
  /// @param outOfSpace whether they are refused now
  /// @param damage what was found wrong with the files; empty while nothing is
  /// @param setAside damaged stores that are kept in the data directory
  /// @param scrubbedMs when every block was last read, epoch ms; 0 if not since the start
  /// @param compared the last comparison with the other nodes; empty before it
  /// @param backedUpMs when a backup of this node was last taken whole, epoch ms; 0 if not since
  ///   the start
  public record Health(
      long freeBytes,
      long reserveBytes,
      boolean outOfSpace,
      List<String> damage,
      int setAside,
      long scrubbedMs,
      String compared,
      long backedUpMs) {
    public Health {
      damage = List.copyOf(damage);
    }
  }

  /// How the store is now.
  public Health health() {
    return new Health(
        reserve.usable(),
        reserve.reserveBytes(),
        reserve.isLow(),
        storage.damage().all(),
        StoreOpening.setAside(options.dataDirectory()).size(),
        integrity.scrubbedMs(),
        integrity.agreed(),
        backups.lastMs());
  }

  /// What was found wrong with the files; empty while nothing is.
  public List<String> damage() {
    return storage.damage().all();
  }

  /// Reads every block now; blocks, as slowly as the background does.
  public void scrub() {
    integrity.scrub();
  }

  @Override
  public void close() {
    backups.close();
    repair.close();
    integrity.close();
    space.close();
  }
}
