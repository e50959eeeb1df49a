package io.trivigil.scraper.config;

import io.trivigil.config.ConfigException;
import io.trivigil.config.Position;
import io.trivigil.config.Problem;
import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.model.Names;
import io.trivigil.scraper.relabel.RelabelRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A whole `prometheus.yml`, with the jobs of its `scrape_config_files`.
///
/// @param ruleFiles the patterns of rule files, relative ones resolved
/// @param alertRelabel rules for alerts on their way to external alertmanagers
/// @param warnings what loads, but should be seen
public record PrometheusConfig(
    GlobalConfig global,
    List<String> ruleFiles,
    List<ScrapeConfig> jobs,
    List<RelabelRule> alertRelabel,
    List<AlertmanagerConfig> alertmanagers,
    List<RemoteConfig> remoteWrite,
    List<RemoteConfig> remoteRead,
    StorageConfig storage,
    OtlpConfig otlp,
    List<Problem> warnings) {
  private static final Pattern RULE_PATH = Pattern.compile("^[^*]*(\\*[^/]*)?$");

  public PrometheusConfig {
    ruleFiles = List.copyOf(ruleFiles);
    jobs = List.copyOf(jobs);
    alertRelabel = List.copyOf(alertRelabel);
    alertmanagers = List.copyOf(alertmanagers);
    remoteWrite = List.copyOf(remoteWrite);
    remoteRead = List.copyOf(remoteRead);
    warnings = List.copyOf(warnings);
  }

  /// The same with these jobs.
  public PrometheusConfig withJobs(List<ScrapeConfig> others) {
    return new PrometheusConfig(
        global,
        ruleFiles,
        others,
        alertRelabel,
        alertmanagers,
        remoteWrite,
        remoteRead,
        storage,
        otlp,
        warnings);
  }

  /// The job of that name.
  public Optional<ScrapeConfig> job(String name) {
    return jobs.stream().filter(job -> job.jobName().equals(name)).findFirst();
  }

  /// Reads the file `path` and those that it names.
  ///
  /// @param environment for `$NAME` in external labels
  /// @throws ConfigException with everything that is wrong
  public static PrometheusConfig load(
      String path, ConfigFiles files, Map<String, String> environment) throws ConfigException {
    Problems problems = new Problems();
    Optional<String> text = files.read(path);
    if (text.isEmpty()) {
      problems.add(Position.of(path), "no such file");
      problems.throwIfAny();
    }
    PrometheusConfig config = new Loader(path, files, environment, problems).load(text.orElse(""));
    problems.throwIfAny();
    return config;
  }

  /// Reads one file; belongs to one call of [#load].
  private static final class Loader {
    private final String path;
    private final ConfigFiles files;
    private final Map<String, String> environment;
    private final Problems problems;
    private final Path folder;
    private final Set<String> jobNames = new HashSet<>();

    Loader(String path, ConfigFiles files, Map<String, String> environment, Problems problems) {
      this.path = path;
      this.files = files;
      this.environment = environment;
      this.problems = problems;
      this.folder = Sections.folder(path);
    }

    PrometheusConfig load(String text) {
      // An empty file is a configuration of defaults.
      Optional<YamlValue> document = YamlValue.parse(path, text.isBlank() ? "{}" : text, problems);
      YamlMap map =
          document
              .or(() -> YamlValue.parse(path, "{}", problems))
              .orElseThrow()
              .map("config.plain", problems);
      GlobalConfig global =
          map.object("global", "config.plain", fields -> GlobalConfig.read(fields, environment))
              .orElse(GlobalConfig.DEFAULT);
      map.accept("runtime");
      List<String> ruleFiles = patterns(map, "rule_files", "rule");
      List<ScrapeConfig> jobs = jobs(map, global, folder, "found multiple");
      for (String pattern : patterns(map, "scrape_config_files", "scrape config")) {
        files.glob(pattern).forEach(file -> jobs.addAll(jobsOf(file, global)));
      }
      Alerting alerting = alerting(map, global);
      List<RemoteConfig> writes = writes(map, global);
      List<RemoteConfig> reads = reads(map);
      StorageConfig storage =
          map.object("storage", "config.StorageConfig", StorageConfig::read)
              .orElse(StorageConfig.DEFAULT);
      OtlpConfig otlp =
          map.object(
                  "otlp",
                  "config.OTLPConfig",
                  fields -> OtlpConfig.read(fields, global.nameScheme()))
              .orElse(OtlpConfig.DEFAULT);
      map.object("tracing", "config.TracingConfig", Loader::tracing);
      warnOfLater(map, "remote_write", "remote_read", "tracing", "otlp");
      map.done();
      return new PrometheusConfig(
          global,
          ruleFiles,
          jobs,
          alerting.relabel,
          alerting.managers,
          writes,
          reads,
          storage,
          otlp,
          problems.warnings());
    }

    private void warnOfLater(YamlMap map, String... sections) {
      for (String section : sections) {
        if (map.has(section)) {
          problems.warn(
              map.position(section), section + " is accepted but nothing acts upon it yet");
        }
      }
    }

    private List<String> patterns(YamlMap map, String key, String what) {
      List<String> patterns = new ArrayList<>();
      for (String pattern : map.strings(key)) {
        if (!RULE_PATH.matcher(pattern).matches()) {
          map.problem(key, "invalid %s file path %s".formatted(what, Names.quote(pattern)));
        } else {
          patterns.add(Sections.resolve(folder, pattern));
        }
      }
      return patterns;
    }

    private List<ScrapeConfig> jobs(YamlMap map, GlobalConfig global, Path from, String words) {
      List<ScrapeConfig> jobs = new ArrayList<>();
      Sections.list(
          map,
          "scrape_configs",
          "config.ScrapeConfig",
          "empty or null scrape config section",
          fields -> {
            ScrapeConfig job = ScrapeConfig.read(fields, global, from);
            if (!job.jobName().isEmpty() && !jobNames.add(job.jobName())) {
              fields.problem(
                  "job_name",
                  "%s scrape configs with job name %s"
                      .formatted(words, Names.quote(job.jobName())));
            }
            jobs.add(job);
            return job;
          });
      return jobs;
    }

    private List<ScrapeConfig> jobsOf(String file, GlobalConfig global) {
      Optional<String> text = files.read(file);
      if (text.isEmpty()) {
        problems.add(Position.of(file), "no such file");
        return List.of();
      }
      Optional<YamlValue> document = YamlValue.parse(file, text.get(), problems);
      if (document.isEmpty() || document.get().isNull()) {
        return List.of();
      }
      YamlMap map = document.get().map("config.ScrapeConfigs", problems);
      List<ScrapeConfig> jobs = jobs(map, global, Sections.folder(file), "found multiple");
      map.done();
      return jobs;
    }

    private record Alerting(List<RelabelRule> relabel, List<AlertmanagerConfig> managers) {}

    private Alerting alerting(YamlMap map, GlobalConfig global) {
      return map.object(
              "alerting",
              "config.plain",
              fields ->
                  new Alerting(
                      Sections.relabel(
                          fields,
                          "alert_relabel_configs",
                          "empty or null alert relabeling rule",
                          global.nameScheme()),
                      Sections.list(
                          fields,
                          "alertmanagers",
                          "config.plain",
                          "empty or null Alertmanager section",
                          manager ->
                              AlertmanagerConfig.read(manager, folder, global.nameScheme()))))
          .orElse(new Alerting(List.of(), List.of()));
    }

    private List<RemoteConfig> writes(YamlMap map, GlobalConfig global) {
      Set<String> names = new HashSet<>();
      return Sections.list(
          map,
          "remote_write",
          "config.plain",
          "empty or null remote write config section",
          fields ->
              unique(
                  RemoteConfig.readWrite(fields, folder, global.nameScheme()),
                  fields,
                  names,
                  "write"));
    }

    private List<RemoteConfig> reads(YamlMap map) {
      Set<String> names = new HashSet<>();
      return Sections.list(
          map,
          "remote_read",
          "config.plain",
          "empty or null remote read config section",
          fields -> unique(RemoteConfig.readRead(fields, folder), fields, names, "read"));
    }

    private static RemoteConfig unique(
        RemoteConfig remote, YamlMap fields, Set<String> names, String what) {
      if (!remote.name().isEmpty() && !names.add(remote.name())) {
        fields.problem(
            "name",
            "found multiple remote %s configs with job name %s"
                .formatted(what, Names.quote(remote.name())));
      }
      return remote;
    }

    private static String tracing(YamlMap map) {
      String endpoint = map.string("endpoint", "");
      if (endpoint.isEmpty()) {
        map.problem("endpoint", "tracing endpoint must be set");
      }
      for (String header : map.stringMap("headers").keySet()) {
        RemoteConfig.checkHeader(
            map, header, "authorization header configuration is not yet supported");
      }
      String compression = map.string("compression", "");
      if (!compression.isEmpty() && !compression.equals("gzip")) {
        map.problem(
            "compression",
            "invalid compression type %s provided, valid options: gzip".formatted(compression));
      }
      String client = map.string("client_type", "grpc");
      if (!client.equals("grpc") && !client.equals("http")) {
        map.problem(
            "client_type",
            "expected tracing client type to be to be \"http\" or \"grpc\", but got " + client);
      }
      map.number("sampling_fraction", 0);
      map.bool("insecure", false);
      map.duration("timeout");
      map.accept("tls_config");
      return endpoint;
    }
  }
}
