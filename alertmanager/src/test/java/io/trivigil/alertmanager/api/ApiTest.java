package io.trivigil.alertmanager.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.dispatch.SilenceMatchers;
import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Answer;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.config.ConfigException;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiTest {
  private static final String CONFIG =
      """
      route:
        receiver: ops
        group_by: [team]
        routes: [{matchers: ['severity="page"'], receiver: pager, continue: true}, {receiver: ops}]
      inhibit_rules: [{source_matchers: ['severity="page"'], target_matchers: ['severity="warn"'], equal: [team]}]
      receivers: [{name: ops}, {name: pager}]
      """;

  private final AlertmanagerMachine machine = new AlertmanagerMachine(Limits.DEFAULT);
  private final AlertmanagerConfig config;
  private long nowMs = 10_000_000;

  ApiTest() throws ConfigException {
    config = AlertmanagerConfig.parse("am.yml", CONFIG, Path.of("/"));
  }

  @BeforeEach
  void fire() {
    post("page", "x");
    post("warn", "x");
    post("warn", "y");
  }

  private void post(String severity, String team) {
    machine.apply(
        nowMs,
        AlertPosts.check(
                List.of(
                    new AlertPosts.Posted(
                        Map.of("alertname", "A", "severity", severity, "team", team),
                        Map.of(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        "")),
                nowMs,
                Duration.ofMinutes(5))
            .command());
  }

  private Silence known(String id) {
    return java.util.Objects.requireNonNull(machine.view().silences().get(id));
  }

  private AlertViews views() {
    return new AlertViews(machine.view(), config, new SilenceMatchers(), nowMs);
  }

  private String silence(String id, long startsMs, long endsMs, String team) throws Exception {
    SilenceApi.Change change =
        SilenceApi.post(
                machine.view(),
                new SilenceApi.Posted(
                    id,
                    List.of(new Silence.Condition("team", Matcher.Op.EQUALS, team)),
                    startsMs,
                    endsMs,
                    "me",
                    "c"),
                "new-" + nowMs,
                nowMs)
            .orElseThrow();
    assertThat(machine.apply(nowMs, change.command())).isInstanceOf(Answer.Accepted.class);
    return change.silenceId();
  }

  @Test
  void statusesSayWhatHoldsAlertsBack() throws Exception {
    String id = silence("", nowMs, nowMs + 60_000, "y");
    List<AlertView> all = views().alerts(AlertFilter.ALL);
    assertThat(all).hasSize(3);
    for (AlertView view : all) {
      String severity = view.alert().labels().get("severity");
      String team = view.alert().labels().get("team");
      boolean page = severity.equals("page");
      assertThat(view.state())
          .isEqualTo(page ? AlertView.State.ACTIVE : AlertView.State.SUPPRESSED);
      assertThat(view.silencedBy()).isEqualTo(team.equals("y") ? List.of(id) : List.of());
      assertThat(view.inhibitedBy()).hasSize(!page && team.equals("x") ? 1 : 0);
      assertThat(view.receivers()).isEqualTo(page ? List.of("pager", "ops") : List.of("ops"));
    }
    assertThat(
            views()
                .alerts(
                    AlertFilter.parse(
                        List.of("team=~\"x|y\""), "pag.*", true, true, true, true, true)))
        .hasSize(1);
    assertThat(views().alerts(AlertFilter.parse(List.of(), "", true, false, false, true, true)))
        .hasSize(1);
    assertThat(views().groups(AlertFilter.ALL).stream().map(g -> g.labels() + g.receiver()))
        .containsExactly("{team=\"x\"}ops", "{team=\"x\"}pager", "{team=\"y\"}ops");
    assertThatThrownBy(() -> AlertFilter.parse(List.of("=x"), "", true, true, true, true, true))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void alertsWithoutAnEndTimeOut() {
    nowMs += Duration.ofMinutes(5).toMillis() - 1;
    assertThat(views().alerts(AlertFilter.ALL)).hasSize(3);
    nowMs += 1;
    assertThat(views().alerts(AlertFilter.ALL)).isEmpty();
  }

  @Test
  void validAlertsOfABadBatchAreKept() {
    AlertPosts.Result result =
        AlertPosts.check(
            List.of(
                new AlertPosts.Posted(
                    Map.of(), Map.of(), OptionalLong.empty(), OptionalLong.empty(), ""),
                new AlertPosts.Posted(
                    Map.of("a", "b"), Map.of(), OptionalLong.of(5), OptionalLong.of(4), ""),
                new AlertPosts.Posted(
                    Map.of("a", "b", "c", ""),
                    Map.of(),
                    OptionalLong.empty(),
                    OptionalLong.of(7),
                    "")),
            1_000,
            Duration.ofMinutes(5));
    assertThat(result.problems())
        .containsExactly("at least one label pair required", "start time must be before end time");
    assertThat(result.command().alerts()).hasSize(1);
    assertThat(result.command().alerts().getFirst().update().labels())
        .isEqualTo(Labels.of("a", "b"));
    assertThat(result.command().alerts().getFirst().update().startsMs()).isEqualTo(7);
    assertThat(result.resolved()).isEqualTo(1);
  }

  @Test
  void editsKeepTheIdOnlyIfThePastStays() throws Exception {
    String id = silence("", nowMs, nowMs + 60_000, "y");
    nowMs += 1_000;
    assertThat(silence(id, nowMs - 1_000, nowMs + 90_000, "y")).isEqualTo(id);
    assertThat(silence(id, nowMs - 1_000, nowMs + 90_000, "x")).isNotEqualTo(id);
    assertThat(known(id).stateAt(nowMs)).isEqualTo(Silence.State.EXPIRED);
    nowMs += 1_000;
    String pending = silence("", nowMs + 5_000, nowMs + 60_000, "z");
    assertThat(silence(pending, nowMs + 9_000, nowMs + 60_000, "z")).isEqualTo(pending);
    assertThat(
            SilenceApi.list(machine.view(), List.of(), true, true, true, nowMs).stream()
                .map(s -> s.stateAt(nowMs)))
        .containsExactly(Silence.State.ACTIVE, Silence.State.PENDING, Silence.State.EXPIRED);
    assertThat(
            SilenceApi.post(
                machine.view(),
                new SilenceApi.Posted("none", known(id).matchers(), nowMs, nowMs + 1, "", ""),
                "n",
                nowMs))
        .isEmpty();
    assertThat(SilenceApi.expire(machine.view(), "none", nowMs)).isEmpty();
    assertThatThrownBy(() -> SilenceApi.expire(machine.view(), id, nowMs))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void silencesThatSilenceEverythingAreRefused() {
    for (Silence.Condition condition :
        List.of(
            new Silence.Condition("a", Matcher.Op.MATCHES, ".*"),
            new Silence.Condition("a", Matcher.Op.EQUALS, ""),
            new Silence.Condition("a", Matcher.Op.MATCHES, "("),
            new Silence.Condition("", Matcher.Op.EQUALS, "x"))) {
      assertThatThrownBy(
              () ->
                  SilenceApi.post(
                      machine.view(),
                      new SilenceApi.Posted("", List.of(condition), nowMs, nowMs + 1, "", ""),
                      "n",
                      nowMs))
          .isInstanceOf(BadRequestException.class);
    }
  }
}
