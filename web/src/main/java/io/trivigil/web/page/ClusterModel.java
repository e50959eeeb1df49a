package io.trivigil.web.page;

import io.trivigil.config.version.ConfigDifference;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.ConfigVersion;
import io.trivigil.config.version.MemberReport;
import io.trivigil.dashboards.page.ClusterPage;
import io.trivigil.dashboards.page.NodeView;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.Backend.Decided;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.prometheus.ClusterSight;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// The cluster's page: members, configuration versions, events; and its one button.
final class ClusterModel {
  private static final String CURRENT = "current";

  private final Backend backend;
  private final WebOptions options;
  private final ClusterSight sight;

  ClusterModel(Backend backend, WebOptions options, ClusterSight sight) {
    this.backend = backend;
    this.options = options;
    this.sight = sight;
  }

  /// @param outcome what is to be said above everything, or empty
  ClusterPage page(Params params, String outcome) {
    ConfigMachine.View view = backend.configs().view();
    return new ClusterPage(
        view.featureLevel(),
        members(),
        versions(view),
        difference(view, params),
        view.events().reversed().stream()
            .map(
                event ->
                    new ClusterPage.Event(
                        event.atMs(),
                        event.nodeId(),
                        event.kind().name().toLowerCase(Locale.ROOT),
                        event.detail()))
            .toList(),
        options.adminApi(),
        outcome);
  }

  private List<ClusterPage.Member> members() {
    Map<String, MemberReport> reports = backend.configs().status().reports();
    List<String> drifting = backend.configs().status().drifting();
    ClusterSight.Seen seen = sight.look();
    List<ClusterPage.Member> members = new ArrayList<>();
    for (ClusterSight.Node node : seen.nodes()) {
      MemberReport report = reports.getOrDefault(node.id(), MemberReport.of("", node.url(), 0, ""));
      members.add(
          new ClusterPage.Member(
              new NodeView(
                  node.id(),
                  node.role(),
                  node.address(),
                  Optional.of(node.url()).filter(url -> !url.isEmpty()),
                  Math.max(0, node.appliedIndex()),
                  node.lagMs(),
                  report.clockOffsetMs(),
                  node.live()),
              node.id().equals(seen.self()),
              report.clockOffsetMs(),
              report.featureLevel(),
              report.version(),
              report.hash(),
              report.startedMs(),
              drifting.contains(node.id()),
              report.driftFiles(),
              report.problem()));
    }
    return members;
  }

  private static List<ClusterPage.Version> versions(ConfigMachine.View view) {
    List<ClusterPage.Version> versions = new ArrayList<>();
    for (ConfigVersion version : view.versions().reversed()) {
      long before = version.number() - 1;
      versions.add(
          new ClusterPage.Version(
              version.number(),
              version.proposedMs(),
              version.author(),
              version.hash(),
              version.rolledBackTo(),
              view.version(before).isPresent() ? before : 0,
              version.number() == view.number()));
    }
    return versions;
  }

  private Optional<ClusterPage.Difference> difference(ConfigMachine.View view, Params params) {
    if (params.first("from").isEmpty() || params.first("to").isEmpty()) {
      return Optional.empty();
    }
    String from =
        params.first("from").equals(CURRENT) ? Long.toString(view.number()) : params.first("from");
    String to = params.first("to");
    try {
      ConfigDifference found = backend.configs().difference(from, to);
      List<ClusterPage.FileDifference> files =
          found.files().stream()
              .map(
                  file ->
                      new ClusterPage.FileDifference(
                          file.name(),
                          file.unified().stream().map(ClusterPage.Line::new).toList(),
                          file.secretsDiffer()))
              .toList();
      return Optional.of(new ClusterPage.Difference(from, to, files, found.variables(), ""));
    } catch (IllegalArgumentException e) {
      return Optional.of(
          new ClusterPage.Difference(
              from, to, List.of(), List.of(), String.valueOf(e.getMessage())));
    }
  }

  /// Rolls back as a form asks for; returns why not, or empty.
  String rollBack(Request request) throws InterruptedException {
    if (!options.adminApi()) {
      return "The configuration is rolled back only with --web.enable-admin-api.";
    }
    // Another site's form must not do it with this user's log-in.
    if (!request.header("sec-fetch-site").orElse("same-origin").equals("same-origin")) {
      return "This must be asked for on this page.";
    }
    try {
      long number = Long.parseLong(request.params().first("to"));
      String author = Author.of(request, backend.log().self());
      return switch (backend.configs().rollBack(number, author).get()) {
        case Decided.Accepted _ -> "";
        case Decided.Refused(String reason) -> reason;
        case Decided.Unavailable(String reason) -> reason;
      };
    } catch (NumberFormatException _) {
      return "The number of a version is wanted.";
    } catch (ExecutionException e) {
      throw new IllegalStateException("a roll-back's future failed", e);
    }
  }
}
