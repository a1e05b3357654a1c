//! Go templates with the functions of Prometheus and Alertmanager.
