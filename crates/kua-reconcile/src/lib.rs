//! RECONCILE: names, origins of claims, incidents, tolls, standing
