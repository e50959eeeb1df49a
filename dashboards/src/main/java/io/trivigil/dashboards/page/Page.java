package io.trivigil.dashboards.page;

/// One page of the user interface: its model, and where it stands.
public sealed interface Page
    permits OverviewPage,
        QueryPage,
        AlertsPage,
        SilencesPage,
        SilenceFormPage,
        TargetsPage,
        RulesPage,
        VigilPage,
        StatusPage,
        ClusterPage,
        ErrorPage {

  /// Returns the place in the site: path, template, section.
  Place place();
}
