package io.trivigil.web.page;

import io.trivigil.config.version.MemberReport;
import io.trivigil.dashboards.page.AlertGroup;
import io.trivigil.dashboards.page.AlertRow;
import io.trivigil.dashboards.page.AlertRule;
import io.trivigil.dashboards.page.AlertsPage;
import io.trivigil.dashboards.page.ClusterView;
import io.trivigil.dashboards.page.ListFilter;
import io.trivigil.dashboards.page.NodeView;
import io.trivigil.dashboards.page.Notice;
import io.trivigil.dashboards.page.OverviewPage;
import io.trivigil.dashboards.page.RuleRow;
import io.trivigil.dashboards.page.RulesPage;
import io.trivigil.dashboards.page.SilencesPage;
import io.trivigil.dashboards.page.StatusPage;
import io.trivigil.dashboards.page.StatusPage.Fact;
import io.trivigil.dashboards.page.TargetRow;
import io.trivigil.dashboards.page.TargetsPage;
import io.trivigil.dashboards.page.VigilPage;
import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.model.PromDuration;
import io.trivigil.raft.LogStatus;
import io.trivigil.rules.view.AlertView;
import io.trivigil.rules.view.GroupView;
import io.trivigil.rules.view.RuleView;
import io.trivigil.scraper.view.TargetView;
import io.trivigil.storage.StorageStats;
import io.trivigil.web.Version;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.ExternalAlertmanagers;
import io.trivigil.web.host.IngestRate;
import io.trivigil.web.prometheus.ClusterSight;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Fills in the models of the pages from what the node says.
final class PageModels {
  private final Backend backend;
  private final WebOptions options;
  private final ClusterSight sight;
  private final IngestRate ingest;
  private final AlertModels alerts;

  PageModels(
      Backend backend,
      WebOptions options,
      ClusterSight sight,
      IngestRate ingest,
      InstantSource clock) {
    this.backend = backend;
    this.options = options;
    this.sight = sight;
    this.ingest = ingest;
    this.alerts = new AlertModels(backend, clock);
  }

  ClusterView cluster() {
    ClusterSight.Seen seen = sight.look();
    LogStatus log = backend.log();
    long sinceMs = backend.failOpen().sinceMs();
    Map<String, MemberReport> reports = backend.configs().status().reports();
    List<NodeView> nodes =
        seen.nodes().stream()
            .map(
                node ->
                    new NodeView(
                        node.id(),
                        node.role(),
                        node.address(),
                        Optional.of(node.url()).filter(url -> !url.isEmpty()),
                        Math.max(0, node.appliedIndex()),
                        node.lagMs(),
                        reports
                            .getOrDefault(node.id(), MemberReport.of("", node.url(), 0, ""))
                            .clockOffsetMs(),
                        node.live()))
            .toList();
    return new ClusterView(
        options.clusterName(),
        seen.self(),
        Optional.of(seen.leader()).filter(leader -> !leader.isEmpty()),
        seen.term(),
        switch (seen.state()) {
          case "quorum" -> ClusterView.Quorum.QUORUM;
          case "fail-open" -> ClusterView.Quorum.FAIL_OPEN;
          default -> ClusterView.Quorum.NO_QUORUM;
        },
        sinceMs > 0 ? OptionalLong.of(sinceMs) : OptionalLong.empty(),
        Math.max(0, log.committedIndex() - log.appliedIndex()),
        backend.ready(),
        nodes);
  }

  int firingCount() {
    return alerts.firingNotMuted();
  }

  List<Notice> notices() {
    List<Notice> notices = new ArrayList<>();
    backend
        .configuration()
        .ifPresent(
            config -> {
              if (!config.problem().isEmpty()) {
                notices.add(Notice.configFailed(config.problem()));
              } else if (!config.drifting().isEmpty()) {
                notices.add(Notice.drift(config.drifting()));
              }
              List<String> others = ExternalAlertmanagers.urls(config.prometheus());
              if (!others.isEmpty()) {
                notices.add(Notice.externalAlertmanagers(others));
              }
            });
    return notices;
  }

  VigilPage vigil() {
    return new VigilPage(
        backend.configuration().map(c -> c.prometheus().job("trivigil").isPresent()).orElse(false));
  }

  OverviewPage overview() {
    List<TargetRow> targets = targetRows();
    List<GroupView> groups = backend.ruleGroups();
    List<RuleView> rules = groups.stream().flatMap(group -> group.rules().stream()).toList();
    long pending =
        rules.stream()
            .flatMap(rule -> alertsOf(rule).stream())
            .filter(alert -> alert.state().equals("pending"))
            .count();
    StorageStats storage = backend.storage(1);
    Optional<Backend.Configuration> config = backend.configuration();
    return new OverviewPage(
        new OverviewPage.Ingest(ingest.perSecond(), storage.series()),
        count(targets, TargetRow.Health.UP),
        count(targets, TargetRow.Health.DOWN),
        count(targets, TargetRow.Health.UNKNOWN),
        (int) pending,
        alerts.activeSilences(),
        rules.size(),
        (int) rules.stream().filter(rule -> rule.health().equals("err")).count(),
        config
            .map(
                c ->
                    new OverviewPage.Config(
                        c.version(),
                        c.changedMs(),
                        c.problem(),
                        c.drifting().stream()
                            .map(node -> new OverviewPage.Drift(node, ""))
                            .toList()))
            .orElse(new OverviewPage.Config(0, 0, "", List.of())),
        Optional.of(
            new OverviewPage.Storage(
                storage.samples(),
                storage.chunkBytes(),
                storage.indexBytes(),
                backend.log().logBytes())),
        alerts.firing(),
        targets.stream().filter(t -> t.health() == TargetRow.Health.DOWN).toList());
  }

  private static int count(List<TargetRow> targets, TargetRow.Health health) {
    return (int) targets.stream().filter(target -> target.health() == health).count();
  }

  private static List<AlertView> alertsOf(RuleView rule) {
    return switch (rule) {
      case RuleView.Alerting alerting -> alerting.alerts();
      case RuleView.Recording _ -> List.of();
    };
  }

  AlertsPage alerts(ListFilter filter) {
    List<AlertRule> rules = new ArrayList<>();
    for (GroupView group : backend.ruleGroups()) {
      for (RuleView rule : group.rules()) {
        if (rule instanceof RuleView.Alerting alerting) {
          rules.add(alertRule(group, alerting));
        }
      }
    }
    List<AlertGroup> groups = filter.view().equals("groups") ? alerts.groups() : List.of();
    return new AlertsPage(filter, rules, groups);
  }

  private static AlertRule alertRule(GroupView group, RuleView.Alerting rule) {
    return new AlertRule(
        group.key().name(),
        group.key().file(),
        rule.name(),
        rule.query(),
        Duration.ofMillis(rule.forMs()),
        Duration.ofMillis(rule.keepFiringForMs()),
        Labels.of(rule.labels()),
        Labels.of(rule.annotations()),
        rule.lastError(),
        rule.alerts().stream().map(alert -> row(alert, rule.query())).toList());
  }

  private static AlertRow row(AlertView alert, String query) {
    return new AlertRow(
        alert.state().equals("firing") ? AlertRow.Phase.FIRING : AlertRow.Phase.PENDING,
        alert.labels(),
        alert.annotations(),
        alert.activeAtMs(),
        FloatFormat.general(alert.value()),
        query,
        "",
        List.of(),
        List.of(),
        List.of());
  }

  SilencesPage silences(ListFilter filter) {
    return new SilencesPage(filter, alerts.silences());
  }

  TargetsPage targets(ListFilter filter) {
    Collection<Integer> dropped = backend.scrapes().droppedCounts().values();
    return new TargetsPage(
        filter, targetRows(), dropped.stream().mapToLong(Integer::longValue).sum());
  }

  private List<TargetRow> targetRows() {
    return backend.scrapes().active().stream().map(PageModels::row).toList();
  }

  private static TargetRow row(TargetView target) {
    return new TargetRow(
        target.job(),
        target.scrapeUrl(),
        TargetRow.Health.valueOf(target.health().toUpperCase(Locale.ROOT)),
        target.labels(),
        target.discovered(),
        target.lastError(),
        target.lastScrapeMs(),
        Duration.ofNanos((long) (target.lastScrapeSeconds() * 1e9)),
        PromDuration.parse(target.interval()),
        PromDuration.parse(target.timeout()));
  }

  RulesPage rules(ListFilter filter) {
    return new RulesPage(
        filter,
        backend.ruleGroups().stream()
            .map(
                group ->
                    new RulesPage.Group(
                        group.key().name(),
                        group.key().file(),
                        Duration.ofMillis(group.intervalMs()),
                        group.lastEvaluationMs(),
                        seconds(group.evaluationSeconds()),
                        group.rules().stream().map(PageModels::row).toList()))
            .toList());
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static RuleRow row(RuleView rule) {
    String state = "";
    Duration hold = Duration.ZERO;
    Duration keep = Duration.ZERO;
    Labels annotations = Labels.EMPTY;
    if (rule instanceof RuleView.Alerting alerting) {
      state = alerting.state().equals("unknown") ? "inactive" : alerting.state();
      hold = Duration.ofMillis(alerting.forMs());
      keep = Duration.ofMillis(alerting.keepFiringForMs());
      annotations = Labels.of(alerting.annotations());
    }
    return new RuleRow(
        rule.name(),
        rule.query(),
        rule.health(),
        rule.lastError(),
        state,
        hold,
        keep,
        Labels.of(rule.labels()),
        annotations,
        rule.lastEvaluationMs(),
        seconds(rule.evaluationSeconds()));
  }

  StatusPage status() {
    StorageStats storage = backend.storage(1);
    List<Fact> flags = new ArrayList<>();
    for (Map.Entry<String, String> flag : options.flags().entrySet()) {
      flags.add(new Fact("--" + flag.getKey(), flag.getValue()));
    }
    List<StatusPage.Version> versions = new ArrayList<>();
    List<StatusPage.TextFile> files = new ArrayList<>();
    backend
        .configuration()
        .ifPresent(
            config -> {
              versions.add(
                  new StatusPage.Version(
                      config.version(), config.changedMs(), config.author(), "", true));
              files.add(new StatusPage.TextFile("prometheus.yml", config.prometheusText()));
              config
                  .alertmanager()
                  .ifPresent(
                      am -> files.add(new StatusPage.TextFile("alertmanager.yml", am.redacted())));
            });
    return new StatusPage(
        List.of(
            new Fact("version", Version.TRIVIGIL),
            new Fact("Prometheus API", Version.PROMETHEUS),
            new Fact("Alertmanager API", Version.ALERTMANAGER),
            new Fact("java", Runtime.version().toString())),
        List.of(
            new Fact("node", backend.log().self()),
            new Fact("processors", Integer.toString(Runtime.getRuntime().availableProcessors())),
            new Fact("retention", PromDuration.format(options.retention()))),
        List.of(
            new Fact("samples", Long.toString(storage.samples())),
            new Fact("series", Long.toString(storage.series())),
            new Fact("chunkBytes", Long.toString(storage.chunkBytes())),
            new Fact("indexBytes", Long.toString(storage.indexBytes())),
            new Fact("logBytes", Long.toString(backend.log().logBytes()))),
        flags,
        versions,
        files,
        backend
            .configuration()
            .map(config -> ExternalAlertmanagers.urls(config.prometheus()))
            .orElse(List.of()));
  }
}
