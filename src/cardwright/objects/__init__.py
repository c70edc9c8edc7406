"""Object stores: a local folder, S3, Google Cloud Storage and Azure."""
