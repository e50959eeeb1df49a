package io.trivigil.web.backend;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.Backups;
import io.trivigil.node.StoreCare;
import io.trivigil.node.failopen.FailOpen;
import io.trivigil.promql.QuerySource;
import io.trivigil.promql.engine.Engine;
import io.trivigil.raft.LogStatus;
import io.trivigil.rules.view.GroupView;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.view.ScrapeViews;
import io.trivigil.storage.StorageStats;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/// One node as HTTP sees it. All methods may be called from any thread, on every node, leader or
/// not; what is returned is immutable. Futures complete, never exceptionally, unless they say so.
public interface Backend {

  /// The node's view of the log and its members; not for every query.
  LogStatus log();

  /// The last entry that this node has applied: cheap, for every query.
  long appliedIndex();

  /// Whether this node has caught up, so that its answers are current.
  boolean ready();

  /// Completes when [#ready] is true for the first time since the start. Who acts upon that must
  /// not block.
  CompletableFuture<Void> firstReady();

  /// Whether there is a quorum, and what this node does if not.
  FailOpen.Status failOpen();

  /// How old this node's state is at most, ms; -1 if it was never known to be caught up.
  long freshnessMs();

  /// Completes once this node has everything that was committed before the call; fails with a
  /// `NoQuorumException` where nobody can say what that is.
  CompletableFuture<Long> linearizable();

  /// HTTP addresses of the members by id, as far as known.
  Map<String, String> urls();

  QuerySource queries();

  Engine engine();

  Metrics metrics();

  /// The configuration in force; empty before the first.
  Optional<Configuration> configuration();

  /// What `prometheus.yml` says in the configuration in force: cheap, for every query.
  Optional<PrometheusConfig> prometheus();

  /// The configuration's versions and members.
  ConfigHistory configs();

  /// Targets and what they say, on any node.
  ScrapeViews scrapes();

  /// Rule groups with their state, sorted by file and name.
  List<GroupView> ruleGroups();

  /// The alertmanager's replicated state.
  StateView alerts();

  /// @param limit lines of each list
  StorageStats storage(int limit);

  /// How the store's disk and files are.
  StoreCare.Health storeHealth();

  /// What was found wrong with the store's files; empty while nothing is.
  List<String> damage();

  /// Backups of this node.
  Backups backups();

  /// The exemplars of the series that pass one of the selectors, oldest first; both ends inclusive.
  SortedMap<Labels, List<Exemplar>> exemplars(
      List<List<Matcher>> selectors, long fromMs, long toMs);

  /// What senders of remote write say of metric families.
  SortedMap<String, FamilyMeta> describedFamilies();

  /// Stores what came beside samples, once this node has applied it. Blocks.
  Decided annotate(List<Exemplar> exemplars, Map<String, FamilyMeta> families)
      throws InterruptedException;

  /// Whether native histograms may be written: every member knows them.
  boolean takesHistograms();

  /// Whether a batch may name this series by its reference; a guess.
  boolean isLive(long ref);

  /// How many references of those that were ever handed out are not live any more.
  long goneSeries();

  /// Stores a batch, whole but for what passes a limit on series; completes when this node has
  /// applied it. The batch is read before this returns, and may then be used again.
  CompletableFuture<Written> write(SampleBatch batch);

  /// Proposes a command of the alertmanager; completes when this node has applied it.
  CompletableFuture<Decided> propose(Command command);

  /// Reads this node's files and proposes them as the next configuration.
  CompletableFuture<Decided> reload(String author);

  /// Hands leadership to a node, or to the best one if `nodeId` is empty.
  CompletableFuture<Boolean> transfer(String nodeId);

  /// Takes a node out of the cluster; an empty text once it is out, else why not.
  CompletableFuture<String> removeMember(String nodeId);

  /// Brings everything into its final form on disk. Blocks.
  void compact() throws InterruptedException;

  /// Deletes what is there of the series that pass one of the selectors; both ends are inclusive.
  Decided deleteSeries(List<List<Matcher>> selectors, long fromMs, long toMs)
      throws InterruptedException;

  /// Gives back the space of what is deleted: here before it returns, and on the other nodes after
  /// their next snapshots. Blocks.
  Decided cleanTombstones() throws InterruptedException;

  /// The configuration in force.
  ///
  /// @param version counts from 1
  /// @param changedMs when it was proposed
  /// @param author who proposed it
  /// @param prometheus what `prometheus.yml` says
  /// @param prometheusText its text, secrets replaced
  /// @param alertmanager what `alertmanager.yml` says; empty where there is none
  /// @param problem what is wrong with this node's files now; empty if nothing
  /// @param drifting nodes whose files differ from the version in force
  record Configuration(
      long version,
      long changedMs,
      String author,
      PrometheusConfig prometheus,
      String prometheusText,
      Optional<AlertmanagerConfig> alertmanager,
      String problem,
      List<String> drifting) {
    public Configuration {
      drifting = List.copyOf(drifting);
    }
  }

  /// What became of a batch.
  sealed interface Written {
    /// @param refs the reference of each sample that came with labels, in order
    record Stored(List<Long> refs) implements Written {
      public Stored {
        refs = List.copyOf(refs);
      }
    }

    /// All was stored but samples that would have made too many series; they never will be.
    ///
    /// @param refs the reference of each sample that came with labels, in order; 0 where it was
    ///   left out
    /// @param reason names metric or job
    /// @param sample the first that was left out, counted from 0
    record Partly(List<Long> refs, String reason, int sample) implements Written {
      public Partly {
        refs = List.copyOf(refs);
      }
    }

    /// References that the store does not know any more; nothing was stored.
    record UnknownRefs(List<Long> refs) implements Written {
      public UnknownRefs {
        refs = List.copyOf(refs);
      }
    }

    /// Nothing was stored, and the same request will never be.
    ///
    /// @param sample the first sample that is refused, counted from 0; -1 if it is not about one
    record Refused(String reason, int sample) implements Written {}

    /// There is no leader, too much is in flight, or the outcome is not known: try again.
    record Unavailable(String reason) implements Written {}
  }

  /// What became of a command.
  sealed interface Decided {
    /// It was done; `detail` may name what it made.
    record Accepted(String detail) implements Decided {}

    record Refused(String reason) implements Decided {}

    /// There is no leader, or the outcome is not known: try again.
    record Unavailable(String reason) implements Decided {}
  }
}
