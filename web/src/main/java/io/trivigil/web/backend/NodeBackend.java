package io.trivigil.web.backend;

import io.trivigil.alertmanager.dispatch.CommandLog.Fate;
import io.trivigil.alertmanager.state.Answer;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.config.SecretText;
import io.trivigil.config.version.ConfigVersion;
import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.Backups;
import io.trivigil.node.Configs;
import io.trivigil.node.LoadedConfig;
import io.trivigil.node.Node;
import io.trivigil.node.StoreCare;
import io.trivigil.node.WriteAnswer;
import io.trivigil.node.WriteOutcome;
import io.trivigil.node.failopen.FailOpen;
import io.trivigil.promql.QuerySource;
import io.trivigil.promql.engine.Engine;
import io.trivigil.raft.LogStatus;
import io.trivigil.rules.eval.RuleSet;
import io.trivigil.rules.eval.RuleSettings;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.rules.view.GroupView;
import io.trivigil.rules.view.RuleViews;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.view.ScrapeViews;
import io.trivigil.storage.StorageStats;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/// A [Node] behind the port. Thread-safe.
public final class NodeBackend implements Backend {
  // Views need neither: they show what was decided.
  private static final RuleSettings SETTINGS = RuleSettings.of(Labels.EMPTY, "");

  private final Node node;
  private final Map<String, String> urls;
  private final RuleViews rules;
  private final ScrapeViews scrapes;

  /// @param urls HTTP addresses of the members by id, until they say it themselves
  /// @param hostName this host's name, for addresses that others may use
  public NodeBackend(
      Node node, Map<String, String> urls, String hostName, LongSupplier nanoTicker) {
    this.node = node;
    this.urls = Map.copyOf(urls);
    this.rules =
        new RuleViews(node.machine().rules(), new PromqlExpressions(node::engine, nanoTicker));
    this.scrapes = new ScrapeViews(node.machine().targets(), node.targets(), hostName);
  }

  @Override
  public LogStatus log() {
    return node.log().status();
  }

  @Override
  public long appliedIndex() {
    return node.log().appliedIndex();
  }

  @Override
  public boolean ready() {
    return node.ready();
  }

  @Override
  public CompletableFuture<Void> firstReady() {
    return node.firstReady();
  }

  @Override
  public FailOpen.Status failOpen() {
    return node.failOpen();
  }

  @Override
  public long freshnessMs() {
    return node.readiness().freshnessMs();
  }

  @Override
  public CompletableFuture<Long> linearizable() {
    return node.log().linearizable();
  }

  @Override
  public Map<String, String> urls() {
    Map<String, String> all = new TreeMap<>(urls);
    node.configs()
        .status()
        .reports()
        .forEach(
            (id, report) -> {
              if (!report.url().isEmpty()) {
                all.put(id, report.url());
              }
            });
    return all;
  }

  @Override
  public QuerySource queries() {
    return node.queries();
  }

  @Override
  public Engine engine() {
    return node.engine();
  }

  @Override
  public Metrics metrics() {
    return node.metrics();
  }

  @Override
  public Optional<PrometheusConfig> prometheus() {
    return node.configs().active().map(LoadedConfig::prometheus);
  }

  @Override
  public Optional<Configuration> configuration() {
    Configs.Status status = node.configs().status();
    return status
        .active()
        .map(
            config -> {
              Optional<ConfigVersion> version =
                  status.versions().stream().filter(v -> v.number() == config.number()).findFirst();
              return new Configuration(
                  config.number(),
                  version.map(ConfigVersion::proposedMs).orElse(0L),
                  version.map(ConfigVersion::author).orElse(""),
                  config.prometheus(),
                  SecretText.ofYaml(config.prometheusText()).text(),
                  config.alertmanager(),
                  status.localProblems(),
                  status.drifting());
            });
  }

  @Override
  public ConfigHistory configs() {
    return new ConfigHistory(node);
  }

  @Override
  public ScrapeViews scrapes() {
    return scrapes;
  }

  @Override
  public List<GroupView> ruleGroups() {
    return node.configs()
        .active()
        .map(LoadedConfig::groups)
        .map(groups -> rules.groups(new RuleSet(0, groups, SETTINGS)))
        .orElse(List.of());
  }

  @Override
  public StateView alerts() {
    return node.machine().alertmanager().view();
  }

  @Override
  public StorageStats storage(int limit) {
    return node.storage().stats(limit);
  }

  @Override
  public StoreCare.Health storeHealth() {
    return node.care().health();
  }

  @Override
  public List<String> damage() {
    return node.care().damage();
  }

  @Override
  public Backups backups() {
    return node.care().backups();
  }

  @Override
  public boolean takesHistograms() {
    return node.takesHistograms();
  }

  @Override
  public boolean isLive(long ref) {
    return node.storage().isLive(ref);
  }

  @Override
  public long goneSeries() {
    return node.storage().goneSeries();
  }

  @Override
  public CompletableFuture<Written> write(SampleBatch batch) {
    return node.append(batch)
        .thenApply(
            outcome ->
                switch (outcome) {
                  case WriteOutcome.Answered(long _, WriteAnswer answer) -> written(answer);
                  case WriteOutcome.Unavailable(String reason) -> new Written.Unavailable(reason);
                });
  }

  @Override
  public SortedMap<Labels, List<Exemplar>> exemplars(
      List<List<Matcher>> selectors, long fromMs, long toMs) {
    return node.storage().exemplars().select(selectors, fromMs, toMs);
  }

  @Override
  public SortedMap<String, FamilyMeta> describedFamilies() {
    return node.machine().described().all();
  }

  @Override
  public Decided annotate(List<Exemplar> exemplars, Map<String, FamilyMeta> families)
      throws InterruptedException {
    CompletableFuture<WriteOutcome> first = node.annotations().exemplars(exemplars);
    CompletableFuture<WriteOutcome> second = node.annotations().describe(families);
    try {
      Decided decided = decided(first.get());
      return decided instanceof Decided.Accepted ? decided(second.get()) : decided;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a proposal's future failed", e);
    }
  }

  private static Written written(WriteAnswer answer) {
    return switch (answer) {
      case WriteAnswer.Written(List<Long> refs) -> new Written.Stored(refs);
      case WriteAnswer.Partly(List<Long> refs, String reason, int sample) ->
          new Written.Partly(refs, reason, sample);
      case WriteAnswer.UnknownRefs(List<Long> refs) -> new Written.UnknownRefs(refs);
      case WriteAnswer.Refused(String reason, int sample) -> new Written.Refused(reason, sample);
    };
  }

  @Override
  public CompletableFuture<Decided> propose(Command command) {
    return node.alertmanagerLog()
        .propose(CommandCodec.encode(command))
        .thenApply(
            fate ->
                switch (fate) {
                  case Fate.Applied(byte[] bytes) -> decided(Answer.decode(bytes));
                  case Fate.NotTaken(String reason) -> new Decided.Unavailable(reason);
                  case Fate.Unknown(String reason) -> new Decided.Unavailable(reason);
                });
  }

  private static Decided decided(Answer answer) {
    return switch (answer) {
      case Answer.Accepted(String detail) -> new Decided.Accepted(detail);
      case Answer.Refused(String reason) -> new Decided.Refused(reason);
    };
  }

  @Override
  public CompletableFuture<Decided> reload(String author) {
    return node.configs().reload(author).thenApply(ConfigHistory::decided);
  }

  @Override
  public CompletableFuture<Boolean> transfer(String nodeId) {
    return node.log().transferLeadership(nodeId);
  }

  @Override
  public CompletableFuture<String> removeMember(String nodeId) {
    return node.removeMember(nodeId);
  }

  @Override
  public void compact() throws InterruptedException {
    snapshot();
    node.storage().compact();
  }

  private void snapshot() throws InterruptedException {
    try {
      node.log().snapshot().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("snapshot failed", e.getCause());
    }
  }

  @Override
  public Decided deleteSeries(List<List<Matcher>> selectors, long fromMs, long toMs)
      throws InterruptedException {
    return decided(node.deletion().delete(selectors, fromMs, toMs));
  }

  @Override
  public Decided cleanTombstones() throws InterruptedException {
    Decided decided = decided(node.deletion().clean());
    if (decided instanceof Decided.Accepted) {
      snapshot();
      node.storage().clean();
    }
    return decided;
  }

  private static Decided decided(WriteOutcome outcome) {
    return switch (outcome) {
      case WriteOutcome.Answered(long _, WriteAnswer.Refused(String reason, int _)) ->
          new Decided.Refused(reason);
      case WriteOutcome.Answered _ -> new Decided.Accepted("");
      case WriteOutcome.Unavailable(String reason) -> new Decided.Unavailable(reason);
    };
  }
}
